"""`cnnfilt edges`."""
