"""Whole processes, from their start to the written file, and the most memory they hold."""

from dataclasses import replace

from tests.benchmarks.images import JPEG_QUALITY
from tests.benchmarks.measure import peak_bytes_per_pixel, seconds
from tests.benchmarks.peers import IMPORTS
from tests.benchmarks.programs import (
    LARGE,
    LARGE_WEIGHTS,
    PREWITT,
    cv2_script,
    graphics_magick,
    imports,
    magick,
    ours,
    vips,
    vips_twice,
)
from tests.benchmarks.rows import ITSELF, Row, Section

CV2_SAVE = f"""
cv2.imwrite(sys.argv[2], result, [cv2.IMWRITE_JPEG_QUALITY, {JPEG_QUALITY}] if ".jpg" in sys.argv[2] else [])
"""
CV2_CONVOLVE = f"""
import sys, cv2, numpy
result = cv2.filter2D(cv2.imread(sys.argv[1]), -1, numpy.array([[1, 0, -1]] * 3, numpy.float32))
{CV2_SAVE}"""
CV2_EDGES = f"""
import sys, cv2, numpy
pixels = cv2.imread(sys.argv[1], cv2.IMREAD_GRAYSCALE)
kernel = numpy.array([[1, 0, -1]] * 3, numpy.float32)
gx, gy = cv2.filter2D(pixels, cv2.CV_32F, kernel), cv2.filter2D(pixels, cv2.CV_32F, kernel.T)
result = cv2.convertScaleAbs(cv2.magnitude(gx, gy))
{CV2_SAVE}"""
CV2_LARGE = f"""
import sys, cv2, numpy
result = cv2.filter2D(cv2.imread(sys.argv[1]), -1, numpy.loadtxt(sys.argv[3], delimiter=","))
{CV2_SAVE}"""

MAGICK_EDGES = (
    "-colorspace Gray -define morphology:compose=Lighten "
    "-morphology Convolve '3x3: 1,0,-1 1,0,-1 1,0,-1; 3x3: 1,1,1 0,0,0 -1,-1,-1'"
)
"""The larger of both directions in one go: the nearest to a magnitude that ImageMagick has."""

PREWITT_LIST, LARGE_LIST = (kernel.strip().replace("\n", ",") for kernel in (PREWITT, LARGE))
WEIGHT_LIST = ",".join(map(str, LARGE_WEIGHTS.ravel().tolist()))
"""For GraphicsMagick, which takes about a thousand characters, and divides by the sum itself."""

SAVED = f"-quality {JPEG_QUALITY}"


SHAPE = Row(
    "shape 6x6 -f 3",
    ours("shape 6x6 -f 3"),
    {IMPORTS[0]: imports(IMPORTS[0])},
    must={IMPORTS[0]: 1.3},
    aim={IMPORTS[0]: 1.15},
)

SMALL_EDGES = Row(
    "edges, 256x256 PNG",
    ours("edges -y {small} -o {out}/ours.png"),
    {
        "cv2": cv2_script(CV2_EDGES, "{small} {out}/cv2.png"),
        "vips": vips("sobel {small} {out}/vips.png"),
        "ImageMagick": magick(f"{{small}} {MAGICK_EDGES} {{out}}/magick.png"),
        IMPORTS[1]: imports(IMPORTS[1]),
    },
    must={"cv2": 0.97, IMPORTS[1]: 1.12},
    aim={IMPORTS[1]: 1.05},
)

JPEG_EDGES = Row(
    "gray edges of an RGB JPEG",
    ours("edges -y {jpg} -o {out}/ours.jpg"),
    {
        "cv2": cv2_script(CV2_EDGES, "{jpg} {out}/cv2.jpg"),
        "vips": vips_twice(
            "colourspace {jpg} {out}/gray.v b-w", f"sobel {{out}}/gray.v {{out}}/vips.jpg[Q={JPEG_QUALITY}]"
        ),
        "ImageMagick": magick(f"{{jpg}} {MAGICK_EDGES} {SAVED} {{out}}/magick.jpg"),
    },
    must={"cv2": 0.65, "ImageMagick": 0.35},
    aim={"cv2": 0.55},
)

JPEG_TO_JPEG = Row(
    "convolve RGB, JPEG to JPEG",
    ours("convolve -y {jpg} -k @{prewitt} -p same --values clip -o {out}/ours.jpg"),
    {
        "cv2": cv2_script(CV2_CONVOLVE, "{jpg} {out}/cv2.jpg"),
        "vips": vips(f"conv {{jpg}} {{out}}/vips.jpg[Q={JPEG_QUALITY}] {{prewitt}} --precision integer"),
        "ImageMagick": magick(f"{{jpg}} -convolve {PREWITT_LIST} {SAVED} {{out}}/magick.jpg"),
        "GraphicsMagick": graphics_magick(f"{{jpg}} -convolve {PREWITT_LIST} {SAVED} {{out}}/graphics.jpg"),
    },
    must={"cv2": 1.1, "vips": 1.25, "ImageMagick": 0.4},
    aim={"vips": 1.1},
)

PNG_TO_PNG = Row(
    "convolve RGB, PNG to PNG",
    ours("convolve -y {png} -k @{prewitt} -p same --values clip -o {out}/ours.png"),
    {
        "cv2": cv2_script(CV2_CONVOLVE, "{png} {out}/cv2.png"),
        "vips": vips("conv {png} {out}/vips.png {prewitt} --precision integer"),
        "ImageMagick": magick(f"{{png}} -convolve {PREWITT_LIST} {{out}}/magick.png"),
        "GraphicsMagick": graphics_magick(f"{{png}} -convolve {PREWITT_LIST} {{out}}/graphics.png"),
    },
    must={"cv2": 0.75, "vips": 0.5, "ImageMagick": 0.25},
    aim={"cv2": 0.7},
)

# libvips saves floats in a .ppm; a second process that rounds them would cost it more.
LARGE_KERNEL = Row(
    "convolve RGB with a 15x15 float kernel, PPM to PPM",
    ours("convolve -y {ppm} -k @{large} -p same --values clip -o {out}/ours.ppm"),
    {
        "cv2": cv2_script(CV2_LARGE, "{ppm} {out}/cv2.ppm {large}"),
        "vips": vips("conv {ppm} {out}/vips.ppm {large} --precision float"),
        "ImageMagick": magick(f"{{ppm}} -morphology Convolve '15x15: {LARGE_LIST}' {{out}}/magick.ppm"),
        "GraphicsMagick": graphics_magick(f"{{ppm}} -convolve {WEIGHT_LIST} {{out}}/graphics.ppm"),
    },
    must={"cv2": 0.7, "vips": 0.2, "ImageMagick": 0.2},
    aim={"cv2": 0.4, "vips": 0.1, "ImageMagick": 0.1},
)

ROWS = (SHAPE, SMALL_EDGES, JPEG_EDGES, JPEG_TO_JPEG, PNG_TO_PNG, LARGE_KERNEL)

MEMORY_ROWS = (
    replace(JPEG_TO_JPEG, name="memory of JPEG to JPEG", must={ITSELF: 5}, aim={ITSELF: 4.3}),
    replace(PNG_TO_PNG, name="memory of PNG to PNG", must={ITSELF: 5.5}, aim={ITSELF: 4.3}),
)

SECTION = Section("Processes", ROWS, seconds, "ms", 1e-3)
MEMORY_SECTION = Section("Peak memory", MEMORY_ROWS, peak_bytes_per_pixel, "bytes per pixel", most_repeats=1)
