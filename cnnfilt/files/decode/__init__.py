"""From the bytes of an image file to arrays.

header > loading            the size, without decoding; the image decoded by Pillow, upright, without NumPy
decoders                    the decoders of our own, each behind one protocol: the module that a format's row names
tiff > tiff_directory, tiff_page   what a TIFF says of itself
tiff_decoder                who reads such rightly: Pillow, we, tifffile
tiff_samples, tifffile_samples > tiff_meaning   the samples as stored; and as levels, colours and alpha
pam > map_levels, pfm       maps of any number of bands, and of floats
boxes > avif, jpeg2000 > jpeg2000_levels   headers held against what Pillow would cut
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
