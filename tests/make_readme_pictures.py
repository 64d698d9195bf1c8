"""Make the pictures of README and docs with the tool itself: `python tests/make_readme_pictures.py [FOLDER]`."""

import shlex
import sys
from pathlib import Path

from cnnfilt.cli.main import exit_code

SAMPLES = Path(__file__).parents[1] / "sample_images"

MODES = ("zeros", "reflect", "symmetric", "replicate", "circular")

PICTURES = {
    "edges.png": "edges {samples}/face.png",
    "emboss.png": "convolve {samples}/face.png -k emboss -p same --padding-mode replicate",
    "vertical.png": "convolve {samples}/face.png -k vertical",
    "horizontal.png": "convolve {samples}/face.png -k horizontal",
    "kernels.png": "convolve {samples}/face.png -k vertical -k horizontal -k sharpen -k emboss --layout grid",
    **{f"{kind}.png": f"pool {{samples}}/face.png -f 4 --kind {kind}" for kind in ("max", "avg", "min")},
    "half.png": "pool {samples}/face.png -f 2 --kind avg",
    **{f"{mode}.png": f"pad {{made}}/half.png -p 32 --padding-mode {mode}" for mode in MODES},
}
"""Each picture, and the command that makes it; {made} is the folder of the ones before."""


def make(folder: Path) -> None:
    """Write all the pictures to `folder`."""
    for name, command in PICTURES.items():
        arguments = shlex.split(command.format(samples=SAMPLES, made=folder))
        if exit_code([*arguments, "-q", "-y", "-o", str(folder / name)]):
            raise SystemExit(f"cnnfilt {command} failed")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLES / "made")
