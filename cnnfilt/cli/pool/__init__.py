"""`cnnfilt pool`."""
