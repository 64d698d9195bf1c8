"""Make the pictures in sample_images/: `python tests/make_sample_images.py [FOLDER]`.

All is drawn here, from one seed, with NumPy and Pillow only, so that the pictures are ours and come out the same each
time; painting.py explains the columns of the tables.
"""

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from painting import Array, bricks, cover, lay, noise, oval, paint, picture, plane, write
from PIL import ExifTags, Image

SEED = 6
WORKED_EXAMPLE = "1,6,9,10,2,8\n2,5,1,8,4,2\n3,7,4,9,10,3\n9,8,3,6,7,9\n8,0,9,4,7,2\n9,10,12,6,9,8\n"

FACE_SIZE = (256, 256)
FACE = """
hair      half   0   1   hair    128,16 88,25 58,66 50,124 44,180 52,222 96,232
neck      half   0   1   #a8a8a8 112,170 106,214 84,230 70,262
shadow    half   5   0.7 #606060 110,190 106,214 118,220
jersey    half   0   1   jersey  128,246 96,222 60,228 22,242 4,280 128,300
skin      half   0   1   skin    128,46 96,54 79,88 77,124 83,156 99,184 116,198
socket    2oval  5   0.4 #787878 103,117 19,12
eye       2curve 0   1   #eeeeee 117,124 111,116 101,113 92,117 87,122 95,128 107,128
iris      2oval  0   1   #3e3e3e 103,120.5 8.2,8.2
iris      2oval  0   1   #707070 103,120.5 6.8,6.8
pupil     2oval  0   1   #121212 103,120.5 3.6,3.6
glow      2oval  1   0.6 #aaaaaa 103,125 4,2.4
shade     2oval  1.5 0.5 #3c3c3c 103,114 13,3
light     oval   0   1   #ffffff 100.2,117.6 1.9,1.9 150.2,117.6 1.9,1.9
lid       2curve 0   1   #1e1e1e 118,125 111,116 101,113 92,116 83,118 92,113 101,110 112,114
lower-lid 2curve 0   0.6 #464646 115,127 106,129.4 94,128.4 87,122 94,127.6 106,128.4
crease    2curve 0   0.5 #5a5a5a 116,112 105,107 93,108 85,114 93,106.5 105,105.5
brow      2curve 0.7 0.9 #3a3a3a 119,99 108,95 94,94 81,102 94,97.5 108,99.5 118,102.5
nose      curve  3   0.5 #787878 133,112 136,136 143,154 134,158 131,136
under     half   1.8 0.5 #6e6e6e 128,156 116,158 120,163
bridge    oval   2.8 0.6 #f8f8f8 125,132 3,22 125,150 5,4
nostril   2oval  0.6 1   #4a4a4a 121.5,158 3.4,1.7
wing      2curve 0.8 0.7 #646464 113,150 111,157 115,161 113,156
chin      oval   2.5 0.5 #787878 129,188 14,3
upper-lip half   0   1   #767676 128,173 122,171 112,174.5 104,175 116,178.6
lower-lip half   0   1   #8e8e8e 118,177.6 105,175.6 112,183 122,187
lip-shine oval   1.4 0.8 #d6d6d6 124,182 8,1.6
mouth     half   0   1   #3a3a3a 122,177.4 112,177.2 101.5,173.4 112,178.8 123,179.2
shadow    curve  4   0.5 #5a5a5a 150,49 122,71 96,97 84,141 74,173 62,155 66,85 96,39 132,29
shadow    curve  4   0.5 #5a5a5a 142,49 160,71 172,103 176,143 184,173 196,155 194,89 170,43 138,31
fringe    curve  0   1   hair    146,44 118,66 92,92 80,136 70,168 58,150 62,80 92,34 128,24
fringe    curve  0   1   hair    144,44 162,66 174,98 178,138 186,168 198,150 196,84 172,38 140,26
"""

SCENE_SIZE, HORIZON, VANISHING_X = (800, 1200), 470, 1150
LAND = """
sun       oval    2   1   #fffbe0 640,150 42,42
far       polygon 1   1   far     0,400 90,330 290,362 450,300 560,378 690,318 780,360 880,280 1060,306 1200,392 600,600
snow      polygon 1   0.8 #f4f8ff 880,280 944,290 918,312 896,300 884,326 866,306 848,306
hill      curve   0.5 1   hill    -80,420 150,392 420,440 700,402 980,430 1300,380 1300,600 -80,600
near-hill curve   0.5 1   near    -60,470 200,462 520,474 800,458 1060,470 1280,452 1280,700 -60,700
meadow    box     12  1   meadow  -99,505 1299,899
path      curve   3   0.9 #c9b58a 300,600 352,600 352,640 470,720 640,820 360,820 330,700
trunk     curve   0   1   bark    1020,380 1062,380 1064,500 1078,592 1084,606 1004,606 1022,590 1026,500
crown     oval    1   1   leaf    1040,250 112,96 964,312 80,74 1122,306 76,78 1044,352 116,74 1046,200 90,52
shade     oval    24  0.5 #0c2a10 1080,380 90,40 990,398 60,20
light     oval    26  0.4 #d8f08c 980,230 60,50
shadow    polygon 8   0.5 #10300c 140,618 540,618 640,640 170,644
chimney   box     0   1   brick   425,210 465,300
cap       box     0   1   #8c8680 419,202 471,214
wall      box     0   1   brick   150,350 520,620
shade     box     7   0.6 #1c0c08 150,340 520,366
roof      polygon 0   1   tile    118,356 196,232 474,232 552,356
ridge     box     0   1   #6e3328 190,226 480,236
frame     box     0   1   #f6f2e6 184,402 276,506 400,402 492,506 296,420 372,620
trim      box     0   1   #dcd6c8 114,352 556,360 176,504 284,512 392,504 500,512
glass     box     0   1   glass   191,409 227,452 233,409 269,452 407,409 443,452 449,409 485,452
glass     box     0   1   glass   191,458 227,499 233,458 269,499 407,458 443,499 449,458 485,499
door      box     0   1   #2f6f73 303,427 365,620
panel     box     1   1   #245659 311,500 331,540 337,500 357,540 311,550 331,600 337,550 357,600
light     oval    0   1   glass   334,462 17,22
knob      oval    0   1   #f2c84b 359,545 3.5,3.5
shadow    box     8   0.5 #10300c 790,700 1110,716
post      box     0   1   #5f4024 812,500 830,706 1040,500 1058,706
edge      box     0   1   #4a3018 774,486 1096,654
board     box     0   1   plank   780,492 1090,648
nail      oval    0   1   #2e2216 821,506 4,4 821,634 4,4 1049,506 4,4 1049,634 4,4
"""
SIGN = (534, 64, "cnnfilt"), (586, 25, "edges · blur · pooling"), (618, 12, "fine print is what a filter eats first")

UPRIGHT = """
cloud     oval    5   0.8 #ffffff 60,70 34,14 84,62 26,16 240,110 36,13 222,102 22,14
hills     curve   0.5 1   #7fb069 -40,340 70,318 160,336 260,312 360,350 360,460 -40,460
ground    box     0   1   #4f8a3c 0,346 300,400
shadow    polygon 5   0.4 #102040 154,36 242,134 188,134 188,224 120,224 120,134 66,134
arrow     polygon 0   1   #ffd23f 150,28 238,126 184,126 184,216 116,216 116,126 62,126
"""


def main(folder: Path) -> None:
    """Write all sample files into `folder`, over those that are there."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "worked_example.csv").write_text(WORKED_EXAMPLE, encoding="ascii", newline="\n")
    picture(face()).save(folder / "face.png", optimize=True)
    view = picture(scene())
    view.save(folder / "scene.png", optimize=True)
    view.save(folder / "scene.jpg", quality=90)
    Image.fromarray(depth16()).save(folder / "depth16.png", optimize=True)
    picture(icon()).save(folder / "icon.png", optimize=True)
    save_rotated(folder / "rotated.jpg")


def face() -> Array:
    """Return a gray face (256, 256, 1), the light from the upper left, as in the notes' pictures of edges."""
    rows, columns = plane(FACE_SIZE)
    canvas = (206 - 0.16 * rows - 0.14 * columns)[..., None]
    skin = 226 - 74 * (((columns - 112) / 84) ** 2 + ((rows - 116) / 110) ** 2)
    jersey = 116 - 0.2 * columns + 14 * np.clip(np.sin(rows / 2.2) * 3, -1, 1)
    fall = np.arctan((columns - 146) / 8 / np.sqrt(np.maximum(rows - 20, 1)))
    strands = np.interp(fall, np.linspace(-1.6, 1.6, 130), np.random.default_rng(SEED).random(130))
    # Towards the parting the strands of hair grow finer than a pixel: there they fade into their mean.
    reach = np.hypot(rows - 30, columns - 144)
    strands = 0.5 + (strands - 0.5) * (1 - np.exp(-((reach / 44) ** 2)))
    shine = np.exp(-(((reach - 66) / 22) ** 2))
    hair = 44 + 34 * strands + shine * (20 + 40 * strands)
    paint(canvas, FACE, {"hair": hair[..., None], "skin": skin[..., None], "jersey": jersey[..., None]})
    return canvas


def scene() -> Array:
    """Return a landscape (800, 1200, 3): smooth sky, textures of every grain, fine lines, and words."""
    rng = np.random.default_rng(SEED)
    canvas = _sky(rng)
    paint(canvas, LAND, _textures(rng))
    _draw_fence(canvas)
    for y, height, words in SIGN:
        lay(canvas, write(SCENE_SIZE, (935, y), height, words), (58, 34, 16))
    _draw_grass(canvas, rng)
    return canvas


def _sky(rng: np.random.Generator) -> Array:
    """Return the empty sky: blue to gold, the sun's glow, and thin clouds."""
    rows, columns = plane(SCENE_SIZE)
    low = np.clip(rows / HORIZON, 0, 1)[..., None]
    canvas = (1 - low) * (58, 124, 206) + low * (214, 230, 240)
    lay(canvas, np.exp(-(((rows - 400) / 110) ** 2)) * 0.8, (255, 226, 184))
    lay(canvas, 0.9 * np.exp(-np.hypot(rows - 150, columns - 640) / 90), (255, 244, 200))
    clouds = noise(rng, SCENE_SIZE, (70, 260), (30, 110), (14, 50), (7, 24))
    band = np.exp(-(((rows - 130) / 90) ** 2))
    lay(canvas, np.clip(clouds * 1.5 - 0.1, 0, 0.85) * band, (255, 252, 246))
    return canvas


def _textures(rng: np.random.Generator) -> dict[str, Array]:
    """Return what the tables of the scene name as colours."""
    rows, columns = plane(SCENE_SIZE)
    fine = noise(rng, SCENE_SIZE, (6, 10), (3, 4), (1.5, 1.5))[..., None]
    coarse = noise(rng, SCENE_SIZE, (30, 90), (12, 30))[..., None]
    grain = noise(rng, SCENE_SIZE, (2, 60), (1.2, 20))[..., None]
    stem = noise(rng, SCENE_SIZE, (50, 4), (16, 2))[..., None]
    depth = np.clip((rows - HORIZON) / (SCENE_SIZE[0] - HORIZON), 0, 1)[..., None]
    haze = np.clip((rows - 260) / 180, 0, 1)[..., None]
    return {
        "far": (1 - haze) * (112, 130, 172) + haze * (196, 200, 204) + 7 * coarse + 4 * fine,
        "hill": (1 + 0.10 * coarse + 0.06 * fine) * (128, 160, 104),
        "near": (1 + 0.12 * coarse + 0.10 * fine) * (104, 150, 72),
        "meadow": (1 - 0.35 * depth + 0.10 * coarse + (0.08 + 0.16 * depth) * fine) * (112, 164, 66),
        "leaf": (1 + 0.45 * fine + 0.2 * coarse) * (62, 116, 48),
        "bark": (1 + 0.35 * stem) * (104, 76, 52),
        "plank": (1 + 0.12 * grain - 0.5 * (rows % 39 < 1.5)[..., None]) * (206, 164, 104),
        "glass": (1 - haze) * (60, 84, 120) + haze * (150, 190, 220) + 50 * ((rows + columns) % 64 < 14)[..., None],
        "brick": bricks(rng, SCENE_SIZE, (13, 34), "#a8553c", "#cdbfae") * (1 + 0.04 * fine),
        "tile": bricks(rng, SCENE_SIZE, (10, 18), "#8a4230", "#572a20"),
    }


def _draw_fence(canvas: Array) -> None:
    """Draw a fence that runs to the vanishing point, its pickets ever finer."""

    def at(step: float, height: float) -> tuple[float, float]:
        near = 1 / (1 + 0.026 * step)
        return VANISHING_X * (1 - near), HORIZON + (290 - height) * near

    end = 79  # Here the sign begins, and three pixels are left from picket to picket.
    bands = ((-10, 6), (44, 58), (104, 118))
    ground, *rails = (np.array([at(-4, low), at(end, low), at(end, high), at(-4, high)]) for low, high in bands)
    pickets = [
        np.array([at(k, 0), at(k, 146), at(k + 0.28, 162), at(k + 0.56, 146), at(k + 0.56, 0)]) for k in range(-4, end)
    ]
    lay(canvas, cover(SCENE_SIZE, ground, blur=4) * 0.5, (16, 48, 12))
    lay(canvas, cover(SCENE_SIZE, *rails), (196, 192, 184))
    lay(canvas, cover(SCENE_SIZE, *(picket + 2 for picket in pickets), blur=1) * 0.35, (40, 40, 30))
    lay(canvas, cover(SCENE_SIZE, *pickets), (250, 248, 240))


def _draw_grass(canvas: Array, rng: np.random.Generator) -> None:
    """Draw blades of grass along the lower edge, the nearer the longer, and a few flowers."""
    for colour in ((58, 110, 36), (92, 148, 52), (40, 84, 30), (134, 184, 78)):
        x, foot, length, lean = rng.random((4, 420)) * [[1200], [120], [26], [24]] + [[0], [700], [14], [-12]]
        length = length * (foot - 620) / 120
        blades = np.stack([x - 2, foot, x + 2, foot, x + lean, foot - length], axis=1).reshape(-1, 3, 2)
        lay(canvas, cover(SCENE_SIZE, *blades), colour)
    for colour in ((250, 244, 236), (244, 196, 60), (214, 84, 96)):
        spots = rng.random((22, 2)) * (1200, 90) + (0, 700)
        lay(canvas, cover(SCENE_SIZE, *(oval(spot, (4.5, 3.5)) for spot in spots)), colour)


def depth16() -> NDArray[np.uint16]:
    """Return soft lights (240, 320) over all of 16 bits, and in a dark disc rings so faint that 8 bits lose them."""
    rows, columns = plane((240, 320))
    light = 0.08 + 0.16 * columns / 320 + 0.10 * rows / 240
    for x, y, radius, strength in ((96, 84, 44, 0.62), (150, 130, 70, 0.34), (236, 92, 22, 0.5), (226, 178, 36, 0.46)):
        light += strength * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * radius**2))
    light = (light - light.min()) / (light.max() - light.min())
    away = np.hypot(columns - 62, rows - 190)
    disc = 1 / (1 + np.exp((away - 34) / 1.5))
    rings = 1542 + 100 * np.sin(away / 1.5)
    levels: NDArray[np.uint16] = np.rint((1 - disc) * 65535 * light + disc * rings).astype(np.uint16)
    return levels


def icon() -> Array:
    """Return an icon (128, 128, 4): the notes' filter on a tile that is see-through at the zeros, over its shadow."""
    size = (128, 128)
    rows, columns = plane(size)
    ones, zeros, minus = (cover(size, *(oval((x, y), (10, 10)) for y in (32, 60, 88))) for x in (36, 64, 92))
    canvas = np.stack([40 + rows, 190 - rows, 220 - columns / 4], axis=2)
    lay(canvas, ones, (255, 255, 255))
    lay(canvas, minus, (28, 22, 70))
    tile = cover(size, oval((64, 60), (50, 50), power=0.45)) * (1 - 0.7 * zeros)
    alpha = tile + (1 - tile) * 0.55 * cover(size, oval((64, 67), (50, 50), power=0.45), blur=5)
    return np.dstack([canvas * (tile / np.maximum(alpha, 1e-9))[..., None], 255 * alpha])


def save_rotated(path: Path) -> None:
    """Write a portrait picture as cameras do: lying on its side, with EXIF orientation 6 to turn it clockwise."""
    size = (400, 300)
    rows, columns = plane(size)
    canvas = np.stack([70 + rows / 3, 130 + rows / 4, 215 + 0 * columns], axis=2)
    paint(canvas, UPRIGHT)
    lay(canvas, write(size, (150, 268), 74, "UP"), (255, 255, 255))
    lay(canvas, write(size, (150, 372), 22, "this side down"), (236, 244, 220))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.ImageDescription] = "An arrow that points up once the picture is turned"
    picture(canvas).transpose(Image.Transpose.ROTATE_90).save(path, quality=90, dpi=(72, 72), exif=exif)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent / "sample_images")
