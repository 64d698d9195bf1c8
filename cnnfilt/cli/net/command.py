"""`cnnfilt net`: networks that learn from folders of images, as the lecture notes build them."""

import click

from cnnfilt.cli.lazy import LazyGroup

COMMANDS = {
    "train": "Train a network to classify the images of a folder.",
    "predict": "Predict the class of each image.",
    "evaluate": "Count the images predicted right, and the classes confused.",
    "summary": "Show the layers of a model, and how it was trained.",
    "kernels": "Draw the filters a model has learned.",
    "backward": "Show the gradients of one layer, with the sums behind each number.",
}


@click.group(cls=LazyGroup, table=COMMANDS, home="cnnfilt.cli.net.{}")
def net() -> None:
    """Train a convolutional network on images and use it.

    \b
    cnnfilt net train photos/ -o model.npz      photos/cats/, photos/dogs/
    cnnfilt net evaluate model.npz others/
    cnnfilt net predict model.npz new/*.jpg
    cnnfilt net backward x.csv -k k.csv --gradient dz.csv --explain
    """
