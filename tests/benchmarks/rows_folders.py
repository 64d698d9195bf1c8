"""Whole folders, from the start of the first process to the last written file.

Ours is `cnnfilt edges PHOTOGRAPHS -o OUT/`, as shipped: every file is on the disk before it has its name. The peers
only hand their files to the system, and before each turn what the one before it left is stored, so that our fsync does
not have to; the figure without fsync stands beside. All write gray edges into a new folder, with the quality of the
inputs, except where a peer is quicker, or able, only with something else:

    ImageMagick       the larger of both directions, the nearest to a magnitude that it has
    GraphicsMagick    one direction: it has nothing nearer
    vips              the edges of each channel, in colour: it does one operation at a time, and two processes for each
                      file, the first to make it gray, take half as long again
"""

import os
from collections.abc import Callable

from tests.benchmarks.images import JPEG_QUALITY
from tests.benchmarks.measure import seconds
from tests.benchmarks.peers import WITHOUT_FSYNC
from tests.benchmarks.programs import into_new_folder, without_fsync
from tests.benchmarks.rows import Row, Section
from tests.benchmarks.rows_process import MAGICK_EDGES, PREWITT_LIST, SAVED

CV2_SCRIPT = f"""
import os, sys, cv2, numpy
from concurrent.futures import ThreadPoolExecutor

kernel = numpy.array([[1, 0, -1]] * 3, numpy.float32)

def draw(name):
    pixels = cv2.imread(os.path.join(sys.argv[1], name), cv2.IMREAD_GRAYSCALE)
    gx, gy = (cv2.filter2D(pixels, cv2.CV_32F, k, borderType=cv2.BORDER_REPLICATE) for k in (kernel, kernel.T))
    result = cv2.convertScaleAbs(cv2.magnitude(gx, gy))
    cv2.imwrite(os.path.join(sys.argv[2], name), result, [cv2.IMWRITE_JPEG_QUALITY, {JPEG_QUALITY}])

cv2.setNumThreads(1)
with ThreadPoolExecutor(2) as pool:
    list(pool.map(draw, os.listdir(sys.argv[1])))
"""
"""Two threads, a file each: quicker than OpenCV's own two threads on one file after another."""

FOLDER_EDGES = Row(
    "edges of 200 JPEGs",
    into_new_folder("ours", "{cnnfilt} edges {photographs} -o {out}/ours/"),
    {
        "mogrify": into_new_folder(
            "mogrify", f"{{mogrify}} -path {{out}}/mogrify {MAGICK_EDGES} {SAVED} {{photographs}}/*.jpg"
        ),
        # One thread each, which is quicker here than the two that it would take.
        "xargs -P2 ImageMagick": into_new_folder(
            "magick",
            "cd {photographs} && ls | MAGICK_THREAD_LIMIT=1 "
            f"xargs -P2 -I@ {{magick}} @ {MAGICK_EDGES} {SAVED} {{out}}/magick/@",
        ),
        "xargs -P2 vips": into_new_folder(
            "vips",
            "cd {photographs} && ls | VIPS_CONCURRENCY=1 "
            f"xargs -P2 -I@ {{vips}} sobel @ {{out}}/vips/@[Q={JPEG_QUALITY}]",
        ),
        "GraphicsMagick mogrify": into_new_folder(
            "graphics",
            "cd {photographs} && {gm} mogrify -output-directory {out}/graphics "
            f"-colorspace Gray -convolve {PREWITT_LIST} {SAVED} *.jpg",
        ),
        "cv2, 2 threads": into_new_folder("cv2", f"{{python}} -c '{CV2_SCRIPT}' {{photographs}} {{out}}/cv2"),
        WITHOUT_FSYNC: into_new_folder("unsynced", without_fsync("{cnnfilt} edges {photographs} -o {out}/unsynced/")),
    },
    must={
        "mogrify": 0.4,
        "xargs -P2 ImageMagick": 0.6,
        "xargs -P2 vips": 0.6,
        "GraphicsMagick mogrify": 0.8,
        "cv2, 2 threads": 1.6,
    },
)


def seconds_from_rest(call: Callable[[], object]) -> float:
    """Return how long `call` takes when nothing that others have written is still to be stored."""
    os.sync()
    return seconds(call)


SECTION = Section("Folders", (FOLDER_EDGES,), seconds_from_rest, "s")
