"""`cnnfilt convolve`."""
