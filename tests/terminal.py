"""Programs run on a real pseudo-terminal, and the screen that a person sees in the end."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import threading
from pathlib import Path

from tests.conftest import ENVIRONMENT, heed_signals, kill_session
from tests.patience import PATIENCE, wait_until

_PARTS = re.compile(r"\x1b\[\??([\d;]*)([A-Za-z])|\r|\n|[^\x1b\r\n]+", re.DOTALL)


class Screen:
    """What is left on a terminal of `columns` after all that was written to it: lines, and whether the cursor shows."""

    def __init__(self, columns: int = 80) -> None:
        self.columns, self.lines, self.row, self.column, self.cursor_shows = columns, [""], 0, 0, True
        self.drew_over = False  # whether a line was cleared, to be drawn again

    def feed(self, text: str) -> "Screen":
        for part in _PARTS.finditer(text):
            if part[2]:
                self._control(part[1], part[2])
            elif part[0] == "\r":
                self.column = 0
            elif part[0] == "\n":
                self._down()
            else:
                self._write(part[0])
        return self

    def _control(self, number: str, letter: str) -> None:
        if letter == "K" and number == "2":
            self.lines[self.row], self.drew_over = "", True
        elif letter == "A":
            self.row = max(self.row - int(number or 1), 0)
        elif letter in "hl" and number == "25":
            self.cursor_shows = letter == "h"
        else:
            assert letter == "m", f"a sequence this screen does not know: {number}{letter}"

    def _down(self) -> None:
        self.row += 1
        if self.row == len(self.lines):
            self.lines.append("")

    def _write(self, text: str) -> None:
        for character in text:
            if self.column == self.columns:
                self.column = 0
                self._down()
            line = self.lines[self.row].ljust(self.column)
            self.lines[self.row] = line[: self.column] + character + line[self.column + 1 :]
            self.column += 1


class OnTerminal:
    """`cnnfilt` with standard error, and unless `stdout` is a pipe standard output too, on a terminal of its own."""

    def __init__(
        self,
        *arguments: object,
        cwd: Path,
        columns: int = 80,
        stdout_piped: bool = False,
        environment: dict[str, str] | None = None,
    ) -> None:
        controller, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cnnfilt", *map(str, arguments)],
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if stdout_piped else terminal,
            stderr=terminal,
            env={**ENVIRONMENT, "TERM": "xterm", "COLUMNS": str(columns)} | (environment or {}),
            start_new_session=True,
            preexec_fn=heed_signals,
        )
        os.close(terminal)
        self._columns, self.written = columns, b""
        self._reader = threading.Thread(target=self._read, args=(controller,), daemon=True)
        self._reader.start()

    def _read(self, controller: int) -> None:
        while True:
            try:
                data = os.read(controller, 1 << 16)
            except OSError:  # The other end is closed.
                break
            if not data:
                break
            self.written += data
        os.close(controller)

    def screen(self) -> Screen:
        """What is on the terminal now."""
        return Screen(self._columns).feed(self.written.decode(errors="replace"))

    def await_text(self, text: str) -> None:
        """Wait until this is on the terminal."""
        wait_until(lambda: text in "".join(self.screen().lines), f"no {text} on the terminal")

    def end(self) -> tuple[int, Screen, str]:
        """Wait for the end; return the exit code, the screen, and what went to the pipe."""
        code, screen, piped = self.end_with_bytes()
        return code, screen, piped.decode()

    def end_with_bytes(self) -> tuple[int, Screen, bytes]:
        """Do the same where what went to the pipe is no text."""
        try:
            piped = self.process.communicate(timeout=PATIENCE)[0] or b""
        finally:
            kill_session(self.process)
        self._reader.join(PATIENCE)
        return self.process.returncode, self.screen(), piped
