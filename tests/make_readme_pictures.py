"""Make the README's pictures with the tool itself: `python tests/make_readme_pictures.py [FOLDER]`."""

import shlex
import sys
from pathlib import Path

from cnnfilt.cli.main import exit_code

SAMPLES = Path(__file__).parents[1] / "sample_images"

PICTURES = {
    "edges.png": "edges {samples}/face.png",
    "kernels.png": "convolve {samples}/face.png -k vertical -k horizontal -k sharpen -k emboss --layout grid",
    "emboss.png": "convolve {samples}/face.png -k emboss -p same --padding-mode replicate",
}
"""Each picture, and the command that makes it."""


def make(folder: Path) -> None:
    """Write all the pictures to `folder`."""
    for name, command in PICTURES.items():
        arguments = shlex.split(command.format(samples=SAMPLES))
        if exit_code([*arguments, "-q", "-y", "-o", str(folder / name)]):
            raise SystemExit(f"cnnfilt {command} failed")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLES / "made")
