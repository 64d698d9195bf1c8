"""The samples of a TIFF that is compressed in other ways, by tifffile and imagecodecs: the extra `tiff`."""

import logging
from typing import Any

import numpy as np

from cnnfilt.errors import InputError
from cnnfilt.files.decode.tiff_page import Page
from cnnfilt.files.image import Array
from cnnfilt.files.streams import first_line


def read_samples(page: Page, number: int) -> Array:
    """Return the samples of page `number` (from 0), (H, W, samples), as the file has them. InputError.

    `page` is what its header says, and what is decoded is held against it.
    """
    tifffile = _tifffile(page)
    logging.getLogger("tifffile").disabled = True
    page.places()
    page.directory.stream.seek(0)
    try:
        with tifffile.TiffFile(page.directory.stream) as file:
            found = file.pages[number]
            said = (page.planes, 1, page.height, page.width, page.samples // page.planes)
            if found.shaped != said or found.compression != page.compression:
                raise InputError("the TIFF is damaged: its header has two meanings")
            # One thread: segments are small, and several would hold that many of them.
            decoded = found.asarray(maxworkers=1).reshape(said)
    except (InputError, MemoryError):
        raise
    except Exception as error:
        # Each of imagecodecs' forty codecs has an exception of its own, and none says all of them.
        raise InputError(f"the TIFF is truncated or damaged ({first_line(str(error))})") from None
    samples: Array = np.moveaxis(decoded[:, 0], 0, -2).reshape(page.height, page.width, page.samples)
    return samples


def _tifffile(page: Page) -> Any:
    try:
        import imagecodecs  # noqa: F401 - without it tifffile reads hardly more than we do.
        import tifffile
    except ImportError:
        kind = f"compressed by {page.compression_name}, with samples of {page.bits} bits"
        raise InputError(f"this TIFF ({kind}) needs tifffile: pip install 'cnnfilt[tiff]'") from None
    return tifffile
