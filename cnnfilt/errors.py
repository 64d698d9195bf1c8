"""What can go wrong, in words for the person who asked.

A message says what was wrong, the value seen, what is allowed and what to do. It may hold the placeholder
`{image}`, for which a command puts the file's name and everyone else reads "the image".
"""


def counted(count: int, what: str) -> str:
    """Return "1 row" for (1, "rows"), "2 rows" for (2, "rows")."""
    return f"{count:,} {what.removesuffix('s') if count == 1 else what}"


class CnnfiltError(Exception):
    """The base of all errors cnnfilt raises on purpose; `parameter` names the argument at fault, if there is one."""

    def __init__(self, message: str, *, parameter: str | None = None) -> None:
        super().__init__(message.replace("{image}", "the image"))
        self.message = message
        self.parameter = parameter

    def about(self, name: str) -> str:
        """Return the message as a line about the file called `name`."""
        if "{image}" in self.message:
            return self.message.replace("{image}", name)
        return f"{name}: {self.message}"

    def __reduce__(self) -> tuple[object, ...]:
        """Let an error cross from a worker process with its parameter."""
        return _rebuild, (type(self), self.message, self.parameter)


def _rebuild(kind: type[CnnfiltError], message: str, parameter: str | None) -> CnnfiltError:
    return kind(message, parameter=parameter)


class ParameterError(CnnfiltError, ValueError):
    """A value that is wrong whatever the image: a zero stride, an unknown word, a ragged kernel."""


class KernelError(ParameterError):
    """A kernel that cannot be read or used: ragged, empty, not finite, an unknown name."""


class ShapeError(CnnfiltError, ValueError):
    """A request that does not fit this image: a kernel larger than it, too many pixels, other channels."""


class InputError(CnnfiltError):
    """An input that is missing, unreadable, or not what it claims to be."""


class OutputError(CnnfiltError):
    """An output that cannot be written, or cannot hold the result."""


class StorageError(OutputError):
    """No space, no quota, or a file system that has become read-only: no further output can be written either."""


class PlanError(CnnfiltError):
    """Work refused as a whole before the first write: clashing or existing outputs."""


class DemandError(CnnfiltError):
    """A demand on the answer that was not met (`--want`, `--strict`)."""
