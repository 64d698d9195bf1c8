"""One value of each operation taken apart, as data."""
