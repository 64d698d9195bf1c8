"""Images and matrices, in and out, without loss; the one home of Pillow.

formats                                         names, suffixes, signatures; what each format can hold
image                                           Image and Metadata: what is passed around
streams, decoding                               opening a source; one line for whatever is wrong with it
header                                          an image's size, nothing decoded
reading > image_decoding > planes, pixels       a file becomes an Image ...
writing > encoders, tiff                        ... and an Image a file
metadata > exif, jpeg                           what comes along: profile, resolution, EXIF; a JPEG's coding
colours, cmyk                                   gray, backgrounds, print colours
matrices > matrix_text                          csv, tsv, txt, json, npy
atomic                                          a file appears whole or not at all
"""
