"""Builds the inner loops and the man pages; everything else is said in setup.cfg.

Without a compiler the install succeeds, on NumPy.
"""

import os
import sys
from glob import glob
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_py import build_py

FOLDER = "cnnfilt/core/engine/native/"
FLAGS = "/O2" if sys.platform == "win32" else "-std=c11 -O3 -g0 -fno-math-errno -fno-trapping-math -ffp-contract=fast"


class WithManPages(build_py):
    """Makes the man pages from the commands, so that they say what these do; nothing but click is needed for it."""

    def run(self) -> None:
        """Build the modules, then the pages beside them; what runs from its source has none."""
        super().run()
        if not self.editable_mode:
            sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
            from cnnfilt.cli.man.pages import write_pages

            write_pages(Path(self.build_lib, "cnnfilt", "man"))


setup(
    cmdclass={"build_py": WithManPages},
    ext_modules=[
        Extension(
            "cnnfilt.core.engine.native._native",
            sorted(glob(FOLDER + "*.c")),
            depends=sorted(glob(FOLDER + "*.h")),
            extra_compile_args=FLAGS.split(),
            define_macros=[("Py_LIMITED_API", "0x030B0000")],
            py_limited_api=True,
            optional=True,
        )
    ],
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)
