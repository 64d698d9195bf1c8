"""How the operations are carried out: rows in strips, and one technique a module.

images, borders, weights    what comes in, checked and in one form
strips                      the padded image, a cache-sized piece at a time
blocks                      the same as small images of their own (edges)
job, plan, run              what is asked for; in which arithmetic and by which technique; carrying it out
taps, im2col, integers      the techniques of convolution: added up tap by tap, as matrices, in whole numbers
toeplitz, separable         floats as products with banded matrices (banded), also down and along (factors)
fourier                     large float kernels; like the two above, where everything is finite (finite)
box                         equal coefficients by running sums
fold                        windows reduced to their largest, smallest or summed value (pooling)
scale                       responses to pixels, with what was clipped counted
"""
