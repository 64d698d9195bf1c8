"""`cnnfilt net`: networks that learn from folders of images, as the lecture notes build them."""

import click

from cnnfilt.cli.lazy import LazyGroup

COMMANDS = {
    "train": "Learn to tell the classes of a folder's images apart.",
    "predict": "Say what class each image is of.",
    "evaluate": "Say how many images of a folder are predicted right, and which are confused.",
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
