"""From the bytes of an image file to arrays.

header > loading            the size, without decoding; the image decoded by Pillow, upright, without NumPy
png_chunks > png            what a PNG says of itself, held against its pixels; those that Pillow would cut to 8 bits
pnm_header > pnm            maps whose levels Pillow would cut or scale one by one
bmp_header, bmp > bmp_masks pixels cut up by masks that Pillow does not read, or whose alpha it drops
image_streams               images one behind the other
png_rows                    rows as they were before PNG's filters
storage, memory             how the samples lie in the file; the memory that they are decoded into
jpeg_coding, cmyk           how a JPEG was coded; print colours as sRGB
arrays                      a loaded image as NumPy's arrays, in the levels that the file means
ahead                       the loading begun while NumPy is being imported
"""
