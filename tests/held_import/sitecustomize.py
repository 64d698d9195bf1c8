"""Put on the path of a process and its workers: where HELD_IMPORT says, it waits for what the test holds.

That is the import of a module of this name, or with `worker` the birth of each worker process.
"""

import os
import sys
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import Any

WHERE = os.environ["HELD_IMPORT"]


def hold() -> None:
    Path("begun").touch()
    Path("held").read_bytes()


class Holding(MetaPathFinder):
    def find_spec(self, name: str, *_: Any) -> None:
        if name == WHERE:
            hold()


if WHERE != "worker":
    sys.meta_path.insert(0, Holding())
elif any("spawn_main" in word for word in sys.orig_argv):
    hold()
