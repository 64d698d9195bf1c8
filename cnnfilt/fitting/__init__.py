"""A filter recovered from examples: by least squares, or by descent."""
