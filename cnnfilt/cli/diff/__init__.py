"""`cnnfilt diff`."""
