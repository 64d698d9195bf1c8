"""Put on the path of a process and its workers: the decoder of a file called `slow` waits for what the test holds.

It says that it waits with the file `begun`, and goes on when the test lets go of the pipe `held`. No other file has a
limit of time, so that none fails because the machine is slow.
"""

import functools
from pathlib import Path
from typing import Any

import PIL.ImageFile

from cnnfilt.batch import timeout
from cnnfilt.frozen import replace

HELD = "slow"

real_run, real_load = timeout.run_within_limits, PIL.ImageFile.ImageFile.load


@functools.wraps(real_run)
def run_within_limits(job: Any, operation: Any, settings: Any, **more: Any) -> Any:
    return real_run(job, operation, settings if job.source.stem == HELD else replace(settings, timeout=0), **more)


def load(self: PIL.ImageFile.ImageFile) -> Any:
    if Path(getattr(self.fp, "name", "")).stem == HELD:
        Path("begun").touch()
        Path("held").read_bytes()
    return real_load(self)


timeout.run_within_limits = run_within_limits
PIL.ImageFile.ImageFile.load = load  # type: ignore[method-assign]
