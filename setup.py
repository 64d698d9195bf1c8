"""Builds the inner loops; everything else is said in setup.cfg. Without a compiler the install succeeds, on NumPy."""

import sys
from glob import glob

from setuptools import Extension, setup

FOLDER = "cnnfilt/core/engine/native/"
FLAGS = "/O2" if sys.platform == "win32" else "-std=c11 -O3 -g0 -fno-math-errno -fno-trapping-math -ffp-contract=fast"

setup(
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
