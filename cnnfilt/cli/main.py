"""The command `cnnfilt`: finds the subcommand, and turns every ending into one line and an exit code."""

import errno
import os
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NoReturn

import click

from cnnfilt import __version__
from cnnfilt.cli.lazy import LazyGroup
from cnnfilt.cli.messages import print_error
from cnnfilt.errors import CnnfiltError, ParameterError, PlanError
from cnnfilt.signals import exit_now, exit_on_signals, ignore_signals, keep_stderr
from cnnfilt.terms import WORK_THREAD

COMMANDS = {
    "convolve": "Slide a kernel over an image (blur, sharpen, edges, any filter).",
    "pad": "Add a border: zeros, a colour, or the image continued.",
    "pool": "Shrink by the maximum, average or median of each window.",
    "morph": "Erode, dilate, open or close: grow lines, remove specks.",
    "edges": "Draw the edges of an image.",
    "apply": "Put images through a chain of layers.",
    "shape": "Say what size comes out, of one window or a whole network.",
    "kernels": "List the named kernels, show one, or write one to a file.",
    "diff": "Say by how much two images differ, and where.",
    "learn": "Recover the filter that turns one image into another.",
    "net": "Train a network on folders of images, and use it.",
    "schema": "Print what --json of a command prints, as a JSON Schema.",
    "man": "Print where the man pages are, or write them.",
}
"""The subcommands in the order of the help; each lives in the module of its name and is imported when it is used."""

USAGE, FAILED, INTERRUPTED = 2, 1, 130


def print_version(context: click.Context, _option: click.Parameter, asked: bool) -> None:
    """Print the version alone on the first line, for scripts; on the second what a report of an error should say."""
    if asked:
        from importlib.metadata import PackageNotFoundError, version
        from platform import python_version

        from cnnfilt.core.engine import native

        found = [f"Python {python_version()}"]
        for name in ("NumPy", "SciPy", "Pillow"):
            with suppress(PackageNotFoundError):  # Where packages are unpacked without their metadata.
                found.append(f"{name} {version(name.lower())}")
        click.echo(f"cnnfilt {__version__}\n{', '.join([*found, native.in_words()])}")
        context.exit()


@click.group(
    cls=LazyGroup,
    table=COMMANDS,
    home="cnnfilt.cli.{}.command",
    epilog="""\b
Examples:
  cnnfilt edges photo.jpg -o edges.png
  cnnfilt edges photos/ -o edges/
  cnnfilt convolve a.jpg -k box -p same --padding-mode replicate -o b.jpg
  cnnfilt shape 224x224 -f 7 -s 2 -p 3
""",
)
@click.option(
    "-V", "--version", is_flag=True, is_eager=True, expose_value=False, callback=print_version, help="Show the version."
)
@click.option("--debug", is_flag=True, hidden=True, expose_value=False, help="Show the traceback of an internal error.")
def cli() -> None:
    """\b
    Apply the operations of a convolutional neural network to images.
    "cnnfilt COMMAND --help" shows the options of each.
    """


def run(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with its code: 0 done, 1 failed, 2 wrong usage, 130 and 143 for signals."""
    # One BLAS thread: cnnfilt's own threads share the work, and a pool of idle ones costs start-up.
    for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
        os.environ.setdefault(name, "1")
    exit_on_signals()
    _open_missing_streams()
    keep_stderr()
    if "_CNNFILT_COMPLETE" in os.environ:  # A shell asks what can be typed next; click answers it through this.
        import cnnfilt.cli.completion  # noqa: F401
    code = exit_code(sys.argv[1:] if arguments is None else arguments)
    with suppress(OSError):
        sys.stderr.flush()
    if "multiprocessing" in sys.modules and not any(thread.name == WORK_THREAD for thread in threading.enumerate()):
        ignore_signals()
        sys.exit(code)  # Its semaphores want to be closed.
    # Nothing is left to do, and to take NumPy apart would take a tenth of a short run. A decoder that nothing can
    # stop may still be busy, too; at Python's own end it could crash.
    exit_now(code)


def exit_code(arguments: Sequence[str]) -> int:
    """Return the exit code of running `arguments`; errors have been printed, one line each."""
    command = next((word for word in arguments if word in COMMANDS), "cnnfilt")
    debug = "--debug" in arguments
    try:
        # Commands find `debug` in their context: the one place that looks for it is this.
        code: Any = cli.main(args=list(arguments), prog_name="cnnfilt", standalone_mode=False, obj=debug)
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return USAGE
    except click.ClickException as error:
        said = _said(error) + _file_meant(error, arguments)
        print_error(_refusing(error) or command, f"{said[:1].lower()}{said[1:]} (see {_help_for(error)})")
        return USAGE
    except (ParameterError, PlanError) as error:
        print_error(command, str(error))
        return USAGE
    except CnnfiltError as error:
        print_error(command, str(error))
        return FAILED
    except (click.exceptions.Abort, KeyboardInterrupt):
        print_error(command, "interrupted")
        return INTERRUPTED
    except OSError as error:
        _say_of_system(command, error)
        _drop_stdout()
        return FAILED
    except MemoryError:
        print_error(command, "not enough memory for this request; try a smaller image, padding or kernel")
        return FAILED
    except Exception as error:
        if debug:
            raise
        what = f"{type(error).__name__}: {error}"
        print_error(command, f"this is an error in cnnfilt itself ({what}); cnnfilt --debug {command} ... shows where")
        return FAILED
    return code if isinstance(code, int) else 0


def _say_of_system(command: str, error: OSError) -> None:
    if not isinstance(error, BrokenPipeError):  # When the reader has left, that is no news to him.
        # An error of a file names it.
        what = "standard output cannot be written" if error.filename is None else f"{error.filename!s}"
        print_error(command, f"{what}: {error.strerror or error}")


def _said(error: click.ClickException) -> str:
    from cnnfilt.cli import option_advice  # Only mistakes need it.

    match error:
        case click.NoSuchOption():
            return option_advice.unknown_option(error)
        case click.MissingParameter():
            return option_advice.missing_parameter(error)
        case click.BadOptionUsage():
            return option_advice.missing_value(error)
    return error.format_message().rstrip(".")


def _refusing(error: click.ClickException) -> str:
    """Return the command that refuses: of "photo.jpg edges" it is cnnfilt itself; "" where the error does not tell."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    return " ".join(context.command_path.split()[:2][-1:]) if context else ""


def _help_for(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f"{context.command_path if context else 'cnnfilt'} --help"


def _file_meant(error: click.ClickException, arguments: Sequence[str]) -> str:
    """Return what to type for a file whose name begins as an option does, where one has been refused as that."""
    if isinstance(error, click.NoSuchOption):
        letters = error.option_name.lstrip("-")
        for word in arguments:
            if word.startswith("-") and letters in word and os.path.lexists(word):
                return f"; for the file, write ./{word}"
    return ""


def _open_missing_streams() -> None:
    """Put something in the place of a closed stdin, stdout or stderr: else the next file opened would take it.

    Reading or writing it fails as on a closed one, but words for a closed stderr go nowhere.
    """
    modes = {"stdin": ("r", os.O_WRONLY), "stdout": ("w", os.O_RDONLY), "stderr": ("w", os.O_WRONLY)}
    for number, (name, (mode, access)) in enumerate(modes.items()):
        try:
            os.fstat(number)
        except OSError as error:
            if error.errno == errno.EBADF and os.open(os.devnull, access) == number:
                setattr(sys, name, open(number, mode, closefd=False))  # noqa: SIM115 - it stays open.


def _drop_stdout() -> None:
    """Send what stdout still holds to nowhere: Python would complain when it closes it."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
