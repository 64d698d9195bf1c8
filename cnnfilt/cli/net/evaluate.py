"""`cnnfilt net evaluate`: how right a model is about images whose classes are known."""

import click

from cnnfilt.cli.command import Command
from cnnfilt.cli.inspect.page_option import page_option
from cnnfilt.cli.options import reading_options
from cnnfilt.cli.stray_words import refuse_model_last


@click.command(
    cls=Command,
    common=("json_",),
    epilog="""\b
Examples:
  cnnfilt net evaluate model.npz others/
""",
)
@click.argument("model")
@click.argument("folder")
@reading_options
@page_option
@click.option("-y", "--overwrite", is_flag=True, help="Replace a page that exists.")
@click.option("--json", "json_", is_flag=True, help="Print one JSON object: accuracy, loss, confusion, classes.")
def evaluate(
    model: str,
    folder: str,
    jobs: int | None,
    timeout: float,
    max_pixels: int,
    page: str | None,
    overwrite: bool,
    json_: bool,
) -> int:
    """Say how many images MODEL predicts right in FOLDER, which has a sub-folder for each class.

    The table counts them: a row for each true class, a column for each predicted one.
    """
    refuse_model_last(model, [folder], click.get_current_context())
    from cnnfilt.cli.net.evaluate_run import EvaluateRequest, run_evaluate
    from cnnfilt.datasets.decoding import DecodeOptions

    decoding = DecodeOptions(jobs, timeout, max_pixels)
    return run_evaluate(EvaluateRequest(model, folder, json_, decoding, page, overwrite))
