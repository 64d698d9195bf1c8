"""The command `cnnfilt`: finds the subcommand, and turns every ending into one line and an exit code."""

import errno
import os
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any, NoReturn

import click

from cnnfilt import __version__
from cnnfilt.cli.report import print_error
from cnnfilt.errors import CnnfiltError, ParameterError, PlanError
from cnnfilt.leaving import finish_undisturbed, leave, leave_on_signals
from cnnfilt.parsing import nearest
from cnnfilt.terms import WORK_THREAD

COMMANDS = {
    "convolve": "Slide a kernel over an image (blur, sharpen, edges, any filter).",
    "pad": "Add a border: zeros, a colour, or the image continued.",
    "pool": "Shrink by the maximum, average or minimum of each window.",
    "edges": "Draw the edges of an image.",
    "apply": "Put images through a chain of layers.",
    "shape": "Say what size comes out, of one window or a whole network.",
    "diff": "Say by how much two images differ, and where.",
    "learn": "Recover the filter that turns one image into another.",
}
"""The subcommands in the order of the help; each lives in the module of its name and is imported when it is used."""

USAGE, FAILED, INTERRUPTED = 2, 1, 130


class LazyGroup(click.Group):
    """A group that imports a command's module only when that command is asked for: start-up is most of a short run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command, or None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"cnnfilt.cli.{cmd_name}"), cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command to run; an unknown name is answered with the nearest."""
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            raise click.UsageError(f"command {args[0]!r} is unknown; {nearest(args[0], tuple(COMMANDS))}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table above, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "--version", message="cnnfilt %(version)s")
@click.option("--debug", is_flag=True, hidden=True, expose_value=False, help="Show the traceback of an internal error.")
def cli() -> None:
    """Apply the operations of a convolutional neural network to images.

    \b
    cnnfilt edges photo.jpg -o edges.png
    cnnfilt convolve photo.jpg -k gaussian:2 -p same -o soft.jpg
    cnnfilt shape 224x224 -f 7 -s 2 -p 3

    Try "cnnfilt COMMAND --help".
    """


def run(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with its exit code: 0 done, 1 failed, 2 wrong usage, 130 and 143 for signals."""
    # One BLAS thread: cnnfilt's own threads share the work, and a pool of idle ones costs start-up.
    for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
        os.environ.setdefault(name, "1")
    leave_on_signals()
    _open_missing_streams()
    code = exit_code(sys.argv[1:] if arguments is None else arguments)
    with suppress(OSError):
        sys.stderr.flush()
    if "multiprocessing" in sys.modules and not any(thread.name == WORK_THREAD for thread in threading.enumerate()):
        finish_undisturbed()
        sys.exit(code)  # Its semaphores want to be tidied up.
    # Nothing is left to do, and to take NumPy apart would take a tenth of a short run. A decoder that nothing can
    # stop may still be busy, too; at Python's own end it could crash.
    leave(code)


def exit_code(arguments: Sequence[str]) -> int:
    """Return the exit code of running `arguments`; errors have been printed, one line each."""
    command = next((word for word in arguments if word in COMMANDS), "cnnfilt")
    try:
        code: Any = cli.main(args=list(arguments), prog_name="cnnfilt", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return USAGE
    except click.ClickException as error:
        print_error(command, f"{error.format_message().rstrip('.')} (see {_help_of(command)})")
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
        if not isinstance(error, BrokenPipeError):  # When the reader has left, that is no news to him.
            print_error(command, f"standard output cannot be written: {error.strerror or error}")
        _drop_stdout()
        return FAILED
    except MemoryError:
        print_error(command, "not enough memory for this request; try a smaller image, padding or kernel")
        return FAILED
    except Exception as error:
        if "--debug" in arguments:
            raise
        what = f"{type(error).__name__}: {error}"
        print_error(command, f"this is an error in cnnfilt itself ({what}); cnnfilt --debug {command} ... shows where")
        return FAILED
    return code if isinstance(code, int) else 0


def _help_of(command: str) -> str:
    return "cnnfilt --help" if command == "cnnfilt" else f"cnnfilt {command} --help"


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
