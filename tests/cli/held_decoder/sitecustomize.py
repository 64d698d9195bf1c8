"""Put on the path of a process and its workers: `slow.jpg` alone has a limit of time, and says when it is begun.

So a test holds the decoder as long as it likes, and no file fails because the machine is slow.
"""

import functools
from pathlib import Path
from typing import Any

from cnnfilt.batch import timeout
from cnnfilt.frozen import replace

real = timeout.run_within_limits


@functools.wraps(real)
def run_within_limits(job: Any, operation: Any, settings: Any, **more: Any) -> Any:
    held = job.source.name == "slow.jpg"
    if held:
        Path("begun").touch()
    return real(job, operation, settings if held else replace(settings, timeout=0), **more)


timeout.run_within_limits = run_within_limits
