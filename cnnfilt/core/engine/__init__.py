"""How the operations are carried out: rows in strips, and one technique a module.

images, borders, weights    what comes in, checked and in one form
strips                      the padded image, a cache-sized piece at a time
job, plan, run              what is asked for; in which arithmetic and by which technique; carrying it out
technique                   what each technique says of itself; `plan` has the list, and takes the first that suits
taps                        tap by tap in NumPy: the definition, and what is left when nothing else suits
correlate, separable, box   one filter, or one for each channel: by taps, down and along (factors), equal coefficients
fourier                     large float kernels; like separable, where everything is finite (finite)
toeplitz                    dense kernels, and columns and rows, as products: for NumPy alone
direct, im2col              filters over all channels: in compiled loops, or as a product of matrices
cells, products             what they are made of: evenly lying parts of a kernel, and matrix products in pieces
fold, pooled, means         pooling: what is combined, how it is carried out in strips, sums to averages or levels
scale                       responses to pixels, with what was clipped counted
threads                     strips shared out
native, loop_types          the inner loops in C, and for which types there are any; each has a twin in NumPy here,
                            that of PNG's filters in files.decode.png_rows
"""
