"""Images and matrices, in and out, without loss; the one home of Pillow.

formats                                         names, suffixes, signatures; what each format can hold
image, records                                  Image and Metadata: what is passed around
streams, decoding                               opening a source; one line for whatever is wrong with it
header                                          an image's size, nothing decoded
reading > loading > storage, memory             a file is decoded by Pillow, if need be ahead of NumPy's import (ahead),
        > arrays > pixels                        and becomes an Image ...
writing > encoders > png > png_rows; tiff       ... and an Image a file
metadata > exif, jpeg                           what comes along: profile, resolution, EXIF; a JPEG's coding
colours, cmyk                                   gray, backgrounds, print colours
matrices > matrix_text                          csv, tsv, txt, json, npy
atomic                                          a file appears whole or not at all
"""
