"""What is asked for, in words and whole numbers: no NumPy."""
