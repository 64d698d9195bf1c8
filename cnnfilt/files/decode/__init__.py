"""From the bytes of an image file to arrays.

header > loading            the size, without decoding; the image decoded by Pillow, upright, without NumPy
storage, memory             how the samples lie in the file; the memory that they are decoded into
jpeg_coding, cmyk           how a JPEG was coded; print colours as sRGB
arrays                      a loaded image as NumPy's arrays, in the levels that the file means
ahead                       the loading begun while NumPy is being imported
"""
