"""`cnnfilt net` and its commands.

Each command has a module with its options, and one that does the work:

train > train_run           a folder of images becomes a model
predict > predict_run       what each image shows
evaluate > evaluate_run     how often a model is right, and what it confuses
summary > summary_run       the layers of a model, and how it was trained
kernels > kernels_run       the filters it has learned, as a picture
backward > backward_run     the gradients of one layer; backward_sums writes out the sum behind each number
"""
