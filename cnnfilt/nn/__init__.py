"""Networks on arrays, as the lecture notes build them: layers with forward and backward, losses, optimizers, training.

Arrays are channels-last: a batch is (N, H, W, C) or (N, features). L is the loss, d(x) is short for dL/dx.
"""
