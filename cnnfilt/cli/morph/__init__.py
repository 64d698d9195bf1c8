"""The command `morph`."""
