"""Arrays in, arrays out: the operations themselves. Knows no file and no command line."""
