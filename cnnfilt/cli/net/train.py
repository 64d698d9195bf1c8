"""`cnnfilt net train`: a folder of images becomes a model."""

from typing import get_args

import click
from click.core import ParameterSource

from cnnfilt.cli.command import Command
from cnnfilt.cli.inspect.page_option import page_option
from cnnfilt.cli.option_types import NUMBER, PAIR, BoundedNumber, WholeNumber, Word
from cnnfilt.cli.options import reading_options
from cnnfilt.errors import ParameterError
from cnnfilt.parsing import nearest
from cnnfilt.terms import Augmentation, LossName, OptimizerName, Pair, ScheduleName

_FROM_MODEL = (
    "layers",
    "size",
    "gray",
    "input_scale",
    "batch_size",
    "learning_rate",
    "schedule",
    "weight_decay",
    "optimizer",
    "loss",
    "validation",
    "seed",
    "augment",
)
"""What --resume takes from the model, so that training goes on as it began."""


def _augmentations(ctx: click.Context, param: click.Parameter, value: str) -> tuple[str, ...]:
    known = get_args(Augmentation)
    words = tuple(word for word in value.split(",") if word)
    for word in words:
        if word not in known:
            raise ParameterError(f"--augment {word!r} is unknown; {nearest(word, known)}", parameter="augment")
    return words


@click.command(
    cls=Command,
    common=("output", "overwrite", "resume", "size", "gray", "epochs", "augment", "seed"),
    epilog="""\b
Examples:
  cnnfilt net train photos/ -o model.npz
  cnnfilt net train digits/ -o model.npz --gray --size 16x16 --augment shift
  cnnfilt net train photos/ -o m.npz conv:16,k=5 relu pool:max flatten fc:64
  cnnfilt net train photos/ -o model.npz --resume --epochs 100
""",
)
@click.argument("folder")
@click.argument("layers", nargs=-1, metavar="[LAYER]...")
@click.option("-o", "--output", required=True, metavar="MODEL.npz", help="Write the model to this file.")
@click.option("-y", "--overwrite", is_flag=True, help="Replace a model that exists.")
@click.option("--resume", is_flag=True, help="Go on training the model in -o\f, up to --epochs in all.")
@click.option("--size", type=PAIR, metavar="HxW", help="Resize images to this.  [default: theirs, or 32x32]")
@click.option("--gray/--no-gray", default=None, help="In shades of gray, or in colour.  [default: as they are]")
@click.option("--input-scale", type=NUMBER, metavar="NUMBER", help="Multiply pixels by this.  [default: 1/255]")
@click.option(
    "--epochs",
    type=WholeNumber(1, 1_000_000),
    default=30,
    metavar="N",
    help="See all images N times.  [default: 30]",
)
@click.option("--batch-size", type=WholeNumber(1), default=32, metavar="N", help="Images per step.  [default: 32]")
@click.option("--learning-rate", type=NUMBER, metavar="NUMBER", help="Size of the steps.  [default: the optimizer's]")
@click.option(
    "--schedule",
    type=Word(get_args(ScheduleName)),
    metavar="|".join(get_args(ScheduleName)),
    default="constant",
    show_default=True,
    help="How the steps shrink over --epochs\f: step goes to 1/10 in the middle and 1/100 in the last quarter, "
    "cosine gently towards 0.",
)
@click.option(
    "--weight-decay",
    type=BoundedNumber(0, 1, max_open=True),
    default=0.0,
    metavar="NUMBER",
    help="Pull weights towards 0\f: before each step they lose this, times the learning rate, of themselves "
    "(AdamW); biases and factors of single channels do not.",
)
@click.option(
    "--optimizer",
    type=Word(get_args(OptimizerName)),
    metavar="|".join(get_args(OptimizerName)),
    default="adam",
    show_default=True,
    help="How steps follow the gradient; sgd is the lecture notes' K = K - a dL/dK.",
)
@click.option(
    "--loss",
    type=Word(get_args(LossName)),
    metavar="|".join(get_args(LossName)),
    default="auto",
    show_default=True,
    help="The cross-entropy; auto takes the one that suits the last layer.",
)
@click.option(
    "--validation",
    type=BoundedNumber(0, 1, max_open=True),
    metavar="FRACTION",
    help="Hold out this part of each class, to tell which weights are best.  [default: 0.2]",
)
@click.option("--seed", type=WholeNumber(0), default=0, metavar="N", help="Same seed, same model.  [default: 0]")
@click.option(
    "--augment", default="", callback=_augmentations, metavar="flip,shift", help="Mirror and move images at random."
)
@reading_options
@page_option
@click.option("--json", "json_", is_flag=True, help="Print a line of JSON for each epoch.")
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
@click.pass_context
def train(
    ctx: click.Context,
    /,
    *,
    folder: str,
    layers: tuple[str, ...],
    output: str,
    overwrite: bool,
    resume: bool,
    size: Pair | None,
    gray: bool | None,
    input_scale: float | None,
    epochs: int,
    batch_size: int,
    learning_rate: float | None,
    schedule: ScheduleName,
    weight_decay: float,
    optimizer: OptimizerName,
    loss: LossName,
    validation: float | None,
    seed: int,
    augment: tuple[Augmentation, ...],
    jobs: int | None,
    timeout: float,
    max_pixels: int,
    page: str | None,
    json_: bool,
    quiet: bool,
) -> int:
    """Train a network to classify images. FOLDER has a sub-folder for each class, or train/ and val/ with such.

    Layers are written as in `cnnfilt shape`; without any, it is the lecture notes' network.\f That is convolution,
    average pooling, convolution, maximum pooling, and a fully connected layer. A missing end is added: two classes end
    in a sigmoid, more in a softmax. The weights of the best epoch are kept. Ctrl-C saves what there is; --resume goes
    on.
    """
    given = _given(ctx)
    if resume and given:
        raise click.UsageError(f"--resume takes {given[0].replace('_', ' ')} from the model; leave it out")
    if learning_rate is not None and learning_rate <= 0:
        raise ParameterError(f"--learning-rate is {learning_rate}; it must be above 0", parameter="learning_rate")
    from cnnfilt.cli.net.train_run import TrainRequest, run_training
    from cnnfilt.datasets.decoding import DecodeOptions
    from cnnfilt.nn.training import TrainingSettings

    request = TrainRequest(
        folder=folder,
        layers=layers,
        output=output,
        overwrite=overwrite,
        resume=resume,
        size=size,
        gray=gray,
        input_scale=input_scale,
        epochs=epochs,
        settings=TrainingSettings(
            batch_size, optimizer, learning_rate, loss, augment, seed, schedule=schedule, weight_decay=weight_decay
        ),
        validation=validation,
        decoding=DecodeOptions(jobs, timeout, max_pixels),
        page=page,
        json=json_,
        quiet=quiet,
    )
    return run_training(request)


def _given(ctx: click.Context) -> list[str]:
    """Return which of the options of `_FROM_MODEL` were typed; an argument counts as typed even when it is empty."""
    typed = [name for name in _FROM_MODEL if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    return [name for name in typed if ctx.params[name] != ()]
