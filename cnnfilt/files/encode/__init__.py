"""From arrays to the bytes of an image file."""
