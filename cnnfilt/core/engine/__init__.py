"""How the operations are carried out: rows in strips, and one technique a module.

images, borders, weights    what comes in, checked and in one form
strips                      the padded image, a cache-sized piece at a time
job, plan, run              what is asked for; in which arithmetic and by which technique; carrying it out
technique                   what each technique says of itself; `plan` has the list, and takes the first that suits
taps, integers, box         the techniques for one filter: tap by tap, in whole numbers, equal coefficients,
toeplitz, separable         floats as products with banded matrices (banded), down and along (factors),
fourier                     large float kernels; like the two above, where everything is finite (finite)
depthwise, im2col, winograd for one filter each channel, and for many filters
cells, products             what they are made of: evenly lying parts of a kernel, and matrix products in pieces
fold, sliding, averages     pooling: what is combined; in few passes over plain slices; sums to averages or levels
pooled, pair_sums, passes   carried out in strips; gray averages two pixels at a time; calls prepared beforehand
scratch, threads            memory that is quick to come by; strips shared out
scale                       responses to pixels, with what was clipped counted
"""
