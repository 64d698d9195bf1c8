"""`cnnfilt net` and its commands.

Each command has a module with its options, and one that does the work:

train > train_run           a folder of images becomes a model; train_report says so on the way
predict > predict_run       what each image shows
evaluate > evaluate_run     how often a model is right, and what it confuses
summary > summary_run       the layers of a model, and how it was trained
kernels > kernels_run       the filters it has learned, as a picture
backward > backward_run     the gradients of one layer: backward_layers and backward_losses compute them;
                            backward_sums (windows) and backward_values write out what is behind each number,
                            as equations of backward_formulas
"""
