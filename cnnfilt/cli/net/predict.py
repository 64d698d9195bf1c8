"""`cnnfilt net predict`: a model says what each image shows."""

import click

from cnnfilt.cli.command import Command
from cnnfilt.cli.option_types import WholeNumber
from cnnfilt.cli.options import options_of, reading_options
from cnnfilt.cli.stray_words import refuse_model_last
from cnnfilt.describe.preprocessing import Preprocessing


@click.command(
    cls=Command,
    common=("top", "recursive", "json_"),
    epilog="""\b
Examples:
  cnnfilt net predict model.npz new/*.jpg
  cnnfilt net predict model.npz new/ -r --top 3 --json
  cat photo.jpg | cnnfilt net predict model.npz -
  cnnfilt net predict net.onnx --classes names.txt --size 224 photo.jpg
""",
)
@click.argument("model")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("--top", type=WholeNumber(1), default=1, metavar="K", help="Name the K likeliest classes.  [default: 1]")
@click.option("-r", "--recursive", is_flag=True, help="Open folders inside folders, too.")
@click.option(
    "--classes",
    metavar="FILE",
    help="With a .onnx, the names of its classes\f, one a line; without it those in the file, else numbers from 0.",
)
@options_of(Preprocessing, "preprocessing")
@reading_options
@click.option("--json", "json_", is_flag=True, help="Print a line of JSON for each image.")
def predict(
    model: str,
    inputs: tuple[str, ...],
    top: int,
    recursive: bool,
    classes: str | None,
    preprocessing: Preprocessing,
    jobs: int | None,
    timeout: float,
    max_pixels: int,
    json_: bool,
) -> int:
    """Predict the class of each INPUT, and say how sure MODEL is.

    INPUT is an image, a folder of images, a matrix, or - for a pipe. Each gets a line: name, class, probability.
    MODEL is a .npz of `cnnfilt net train`, or a .onnx; softmax makes probabilities of what a .onnx gives, unless its
    last layer does.
    """
    refuse_model_last(model, inputs, click.get_current_context())
    from cnnfilt.cli.net.predict_run import PredictRequest, run_predict
    from cnnfilt.datasets.decoding import DecodeOptions

    decoding = DecodeOptions(jobs, timeout, max_pixels)
    return run_predict(PredictRequest(model, inputs, top, recursive, json_, decoding, classes, preprocessing))
