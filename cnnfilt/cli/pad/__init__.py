"""`cnnfilt pad`."""
