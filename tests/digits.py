"""Write scikit-learn's 8x8 digits as folders of images: `python -m tests.digits FOLDER`.

FOLDER/test has a fixed fifth of them, FOLDER/train the others.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image


def write_digits(folder: Path) -> None:
    """Write 1,797 gray images, 0-255, as train/3/0012.png and test/7/0013.png."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    held_out = np.zeros(len(digits.target), bool)
    held_out[np.random.default_rng(0).permutation(len(held_out))[: len(held_out) // 5]] = True
    for number, (image, label) in enumerate(zip(digits.images, digits.target, strict=True)):
        path = folder / ("test" if held_out[number] else "train") / str(label) / f"{number:04}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        # The set counts ink from 0 to 16.
        Image.fromarray(np.rint(image * 255 / 16).astype(np.uint8)).save(path)


if __name__ == "__main__":
    write_digits(Path(sys.argv[1]))
