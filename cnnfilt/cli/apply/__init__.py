"""`cnnfilt apply`."""
