"""`cnnfilt man`."""
