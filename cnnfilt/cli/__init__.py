"""The command line; the one home of click and rich."""
