"""What to read and where to write, settled before the first write; then one file after another."""
