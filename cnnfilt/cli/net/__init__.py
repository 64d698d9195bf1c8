"""`cnnfilt net` and its commands."""
