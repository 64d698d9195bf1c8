"""`cnnfilt learn`."""
