"""`cnnfilt shape`."""
