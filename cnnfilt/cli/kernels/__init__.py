"""`cnnfilt kernels`."""
