"""What shows that an option does something: command lines that differ in it alone, a trial or more for each option.

The files they name are those of `folder_of_trials`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageCms, ImageOps

from cnnfilt.cli.main import exit_code
from cnnfilt.describe.chain import describe, parse_chain
from cnnfilt.describe.layers import Volume
from tests.files.onnx_of_words import onnx_of


class Trial(NamedTuple):
    """A command line that is run twice, ending in `one` and in `other`; what is `seen` must tell them apart.

    `seen` is "output" (standard output and files), "stderr", "weights" (of model files, whose header repeats what was
    asked), "dates" of files, or one of what the test listens to inside: "workers", "limits" and "clusters". `codes` are
    the exit codes.
    """

    line: str
    one: str
    other: str
    seen: str = "output"
    codes: tuple[int, int] = (0, 0)


Trials = Mapping[str, list[Trial]]


def after(start: str, trials: Trials) -> Trials:
    """Return the same trials with lines that begin with `start`."""
    return {
        name: [trial._replace(line=f"{start} {trial.line}") for trial in several] for name, several in trials.items()
    }


WITH_FILES: Trials = {
    "jobs": [Trial("colour.png gray.png -o out/", "-j 1", "-j 3", "workers")],
    "timeout": [Trial("colour.png -o out.png", "--timeout 50", "--timeout 70", "limits")],
    "max_pixels": [Trial("colour.png -o out.png", "--max-pixels 0", "--max-pixels 9", codes=(0, 1))],
    "output": [Trial("colour.png", "-o a.png", "-o b.png"), Trial("matrix.csv", "-o -", "-o out.csv")],
    "overwrite": [Trial("colour.png -o there.png", "", "-y", codes=(2, 0))],
    "format": [Trial("colour.png -o out/", "--format png", "--format tiff")],
    "values": [Trial("colour.png -o out.png", "--values minmax", "--values offset")],
    "value_range": [
        Trial("colour.png -o out.png", "--value-range 0,100", "--value-range 50,400"),
        Trial("colour.png -o out.png", "--value-range 0%,100%", "--value-range 10%,90%"),
    ],
    "gray": [Trial("colour.png -o out.png", "--gray", "--no-gray")],
    "alpha": [Trial("clear.png -o out.png", "--alpha keep", "--alpha drop")],
    "background": [Trial("clear.png -o out.png --no-gray", "--background red", "--background blue")],
    "metadata": [
        *(Trial(f"photo.jpg -o out.{name}", "--metadata safe", "--metadata none") for name in ("jpg", "png", "tiff")),
        *(Trial(f"photo.jpg -o out.{name}", "--metadata safe", "--metadata all") for name in ("jpg", "png", "webp")),
    ],
    "no_auto_orient": [Trial("photo.jpg -o out.png", "", "--no-auto-orient")],
    "bands": [Trial("photo.jpg -o out.png", "--bands 1,2,3", "--bands 3,2,1")],
    "frames": [
        Trial("film.gif -o out.png", "--frames first", "--frames 2"),
        Trial("film.gif -o out.png", "--frames first", "--frames all"),
    ],
    "quality": [
        Trial("photo.jpg -o out.jpg", "--quality 10", "--quality 90"),
        Trial("photo.jpg -o out.webp", "--quality 10", "--quality 90"),
        Trial("photo.jpg -o out.webp", "", "--quality 90"),
        Trial("photo.jpg -o out.png", "--quality 1", "--quality 100"),
        Trial("film.gif --frames all -o out.webp", "--quality 1", "--quality 90"),
    ],
    "recursive": [Trial("folder -o out/", "", "-r")],
    "exclude": [
        Trial("folder colour.png -o out/ -r", "--exclude a.*", "--exclude deep"),
        Trial("folder colour.png -o out/ -r", "--exclude deep", "--exclude deep --exclude c*.png"),
    ],
    "files_from": [Trial("-o out/", "--files-from list.txt", "--files-from other.txt")],
    "null": [Trial("-o out/ --files-from null.txt", "", "-0", codes=(1, 0))],
    "skip_existing": [Trial("colour.png gray.png -o done/", "", "--skip-existing", codes=(2, 0))],
    "if_newer": [Trial("colour.png gray.png -o done/", "", "--if-newer", codes=(2, 0))],
    "keep_dates": [Trial("colour.png -o out.png", "", "--keep-dates", "dates")],
    "dry_run": [Trial("colour.png -o out.png", "", "-n")],
    "fail_fast": [Trial("bad.png colour.png -o out/", "", "--fail-fast", codes=(1, 1))],
    "cluster": [Trial("colour.png -o out.png", "--cluster tcp://a:1", "--cluster tcp://b:2", "clusters")],
    "json": [Trial("colour.png -o out.png", "", "--json")],
    "quiet": [Trial("colour.png -o out.png", "", "-q", "stderr")],
    "preview": [Trial("colour.png -o out.png", "", "--preview", "stderr")],
}
"""The options that commands with files share."""

IN_PARTS: Trials = {
    "regions": [
        Trial("matrix.csv", "--region 0,0,2x2", "--region 1,1,2x2"),
        Trial("matrix.csv", "--region 0,0,2x2", "--region 0,0,2x2 --region 2,2,1x1"),
    ],
    "crop": [Trial("matrix.csv --region 0,0,2x2", "", "--crop")],
    "mask": [Trial("matrix.csv", "--mask mask.npy", "--mask other_mask.npy")],
    "feather": [Trial("matrix.csv --region 1,1,3x3", "", "--feather 1")],
}
"""The options that commands share which may change a part of an image."""

LIGHT: Trials = {"light": [Trial("colour.png -o out.png", "--light encoded", "--light linear")]}
EXPLAINED: Trials = {
    "explain": [Trial("matrix.csv", "--explain 0,0", "--explain 1,1"), Trial("matrix.csv", "", "--explain all")]
}
EMITTED: Trials = {
    "emit": [Trial("colour.png", "--emit torch", f"--emit {other}") for other in ("keras", "opencv")],
}
PAGED: Trials = {"page": [Trial("colour.png -o out.png", "--page a.html", "--page b.html")]}
FILTERED = Trial("clear.png -o out.png", "--alpha keep", "--alpha filter")
VERBOSE: Trials = {"verbose": [Trial("colour.png -o out.png", "", "-v", "stderr")]}
WINDOW: Trials = {
    "stride": [Trial("matrix.csv", "-s 1", "-s 2"), Trial("matrix.csv", "-s 1x2", "-s 2x1")],
    "dilation": [Trial("matrix.csv", "-d 1", "-d 2"), Trial("matrix.csv", "-d 1x2", "-d 2x1")],
}
BORDER: Trials = {
    "padding_mode": [
        Trial("matrix.csv -p 2", "--padding-mode zeros", f"--padding-mode {other}")
        for other in ("reflect", "symmetric", "replicate", "circular")
    ],
    "padding_value": [
        Trial("matrix.csv -p 2 --padding-mode zeros", "--padding-value 1", "--padding-value 9"),
        Trial("matrix.csv -p 2 --padding-mode zeros", "", "--padding-value 9"),
    ],
}
DECODING: Trials = {
    "jobs": [Trial("", "-j 1", "-j 3", "workers")],
    "timeout": [Trial("", "--timeout 50", "--timeout 70", "limits")],
}

CONVOLVE: Trials = {
    "kernels": [
        Trial("convolve matrix.csv", "-k box", "-k sharpen"),
        Trial("convolve matrix.csv -p same", "-k gaussian:1", "-k gaussian:2"),
        Trial("convolve matrix.csv", "-k gaussian:1,3", "-k gaussian:1,5"),
        Trial("convolve matrix.csv", "-k @k.csv", "-k '2*@k.csv'"),
        Trial("convolve matrix.csv", "-k @k.csv", "-k '1/16 * @k.csv'"),
        Trial("convolve matrix.csv", "-k '1,2; 3,4'", "-k '2 * 1,2; 3,4'"),
        Trial("convolve colour.png -o out/", "-k box", "-k box -k sharpen"),
        Trial("convolve gray.png -o out/", "-k @model.npz#conv1", "-k '2*@model.npz#conv1'"),
    ],
    "padding": [
        *(
            Trial("convolve matrix.csv -k '1,2; 3,4; 5,6'", "-p valid", f"-p {word}")
            for word in ("same", "full", "1", "0,1")
        ),
        Trial("convolve matrix.csv -k '1,2; 3,4'", "-p same", "-p same-lower"),
        Trial("convolve matrix.csv -k box", "-p 1,2,3,4", "-p 4,3,2,1"),
    ],
    "channels": [
        Trial("convolve colour.png -k box -o out.png", "--channels each", f"--channels {other}")
        for other in ("sum", "luma")
    ],
    "activation": [
        Trial("convolve matrix.csv -k vertical", "", f"--activation {word}") for word in ("relu", "tanh", "sigmoid")
    ],
    "input_scale": [Trial("convolve matrix.csv -k box", "--input-scale 1", "--input-scale 1/2")],
    "flip": [Trial("convolve matrix.csv -k vertical", "", "--flip")],
    "normalize": [Trial("convolve matrix.csv -k '1,2; 3,4'", "", "--normalize")],
    "transposed": [Trial("convolve matrix.csv -k '1,2; 3,4' -s 2", "", "--transposed")],
    "output_padding": [
        Trial("convolve matrix.csv -k vertical -s 2 -p 1 --transposed", "", "--output-padding 1"),
        Trial("convolve matrix.csv -k vertical -s 3 --transposed", "--output-padding 1x2", "--output-padding 2x1"),
    ],
    "bias": [
        Trial("convolve matrix.csv -k box", "--bias 1", "--bias 2"),
        Trial("convolve matrix.csv -k box -k sharpen -o out.npy", "--bias 1,2", "--bias 2,1"),
        Trial("convolve matrix.csv -k box", "--bias 1", "--bias @bias.csv"),
    ],
    "layout": [Trial("convolve colour.png -k box -k sharpen -o out/", "--layout files", "--layout grid")],
    **after("convolve -k emboss", {**WITH_FILES, **EXPLAINED, **EMITTED, **PAGED, **VERBOSE, **WINDOW, **BORDER}),
    **after("convolve -k emboss", {"alpha": [*WITH_FILES["alpha"], FILTERED]}),
    **after("convolve -k emboss", IN_PARTS),
    **after("convolve -k box", LIGHT),
}

PAD: Trials = {
    "padding": [
        Trial("pad matrix.csv", "-p 1", "-p 2"),
        Trial("pad matrix.csv", "-p 1,2", "-p 2,1"),
        Trial("pad matrix.csv", "-p 20%", "-p 40%"),
        Trial("pad matrix.csv --for-kernel 2", "-p same", "-p same-lower"),
        Trial("pad matrix.csv --for-kernel 3", "-p same", "-p full"),
    ],
    "for_kernel": [Trial("pad matrix.csv -p same", "--for-kernel 3", "--for-kernel 5")],
    "for_stride": [Trial("pad matrix.csv -p same --for-kernel 3", "--for-stride 1", "--for-stride 2")],
    **after("pad -p 2", {**WITH_FILES, **EMITTED, **PAGED}),
    **after("pad", BORDER),
    "preview": [Trial("pad colour.png -p 2 -o out.png", "", "--preview", "stderr")],
    "page": [Trial("pad colour.png -p 2 -o out.png", "", "--page a.html")],
    "padding_value": [
        Trial("pad colour.png -p 2 -o out.png", "--padding-value white", "--padding-value '#ff8000'"),
        Trial("pad clear.png -p 2 -o out.png", "--padding-value 255,128,0", "--padding-value 255,128,0,9"),
        *after("pad", BORDER)["padding_value"],
    ],
}

POOL: Trials = {
    **after("pool -f 2", {**WITH_FILES, **EXPLAINED, **EMITTED, **PAGED, **WINDOW}),
    **after("pool -f 3 -s 1 -p same", IN_PARTS),
    **after("pool -f 2 --kind avg", {"alpha": [*WITH_FILES["alpha"], FILTERED], **LIGHT}),
    "stride": [Trial("pool matrix.csv -f 3", "", "-s 1"), Trial("pool matrix.csv -f 2", "-s 1x2", "-s 2x1")],
    "padding": [Trial("pool matrix.csv -f 3 -s 2", "-p 0", f"-p {word}") for word in ("1", "same", "0,1")],
    "kernel_size": [Trial("pool matrix.csv", "-f 2", "-f 3"), Trial("pool matrix.csv", "-f 2x3", "-f 3x2")],
    "kind": [Trial("pool matrix.csv", "", f"--kind {word}") for word in ("avg", "min", "median", "range")],
    "window": [Trial("pool matrix.csv -f 3", "", f"--window {word}") for word in ("cross", "diamond")],
    "ceil_mode": [Trial("pool matrix.csv -f 4", "", "--ceil-mode")],
    "count_include_pad": [Trial("pool matrix.csv -f 2 -p 1 --kind avg", "", "--count-include-pad")],
    "whole": [Trial("pool matrix.csv", "", "--global")],
    "adaptive": [Trial("pool matrix.csv", "--adaptive 2,1", "--adaptive 1,2")],
    "indices": [
        Trial("pool matrix.csv", "", "--indices i.npy"),
        Trial("pool matrix.csv", "--indices i.npy", "--indices j.npy"),
    ],
}

MORPH: Trials = {
    **after("morph open", {**WITH_FILES, **EXPLAINED, **EMITTED, **PAGED, **IN_PARTS}),
    "alpha": [*after("morph open", WITH_FILES)["alpha"], FILTERED._replace(line=f"morph dilate {FILTERED.line}")],
    "kernel_size": [Trial("morph dilate matrix.csv", "", "-f 5"), Trial("morph dilate matrix.csv", "-f 1x3", "-f 3x1")],
    "window": [
        Trial("morph dilate matrix.csv", "--window disk:1", "--window disk:2"),
        Trial("morph dilate matrix.csv -f 5", "--window cross", "--window diamond"),
        Trial("morph dilate matrix.csv", "", "--window @k.csv"),
    ],
}

EDGES: Trials = {
    **after("edges", {**WITH_FILES, **EXPLAINED, **EMITTED, **PAGED, **VERBOSE, **BORDER, **IN_PARTS}),
    "gray": [Trial("edges colour.png -o out.png", "", "--no-gray")],
    "padding": [Trial("edges matrix.csv", "-p same", f"-p {word}") for word in ("valid", "0,1", "full")],
    "method": [
        Trial("edges gray.png -o out.png", "", f"--method {word}")
        for word in ("sobel", "scharr", "roberts", "farid", "laplacian", "log", "kirsch", "canny")
    ],
    "direction": [
        Trial("edges matrix.csv", "--direction vertical", "--direction horizontal"),
        Trial("edges matrix.csv", "--direction vertical", "--direction both"),
    ],
    "gain": [Trial("edges matrix.csv", "--gain 1", "--gain 2")],
    "threshold": [
        Trial("edges matrix.csv", "--threshold 3", "--threshold 6"),
        Trial("edges matrix.csv", "--threshold 3", "--threshold auto"),
    ],
    "thin": [Trial("edges matrix.csv", "", "--thin")],
    "invert": [Trial("edges gray.png -o out.png", "", "--invert")],
    "sigma": [
        Trial("edges gray.png --method canny -o out.png", "--sigma 0.5", "--sigma 0.8"),
        Trial("edges matrix.csv --method log", "--sigma 0.5", "--sigma 0.7"),
    ],
    "low": [Trial("edges gray.png --method canny --high 0.3 -o out.png", "--low 0.01", "--low 0.3")],
    "high": [Trial("edges gray.png --method canny --low 0.2 -o out.png", "--high 0.2", "--high 0.6")],
    "angle": [
        Trial("edges matrix.csv", "", "--angle a.npy"),
        Trial("edges matrix.csv", "--angle a.npy", "--angle b.npy"),
    ],
}

AS_NETWORKS_TAKE_THEM: Trials = {
    "mean": [Trial("", "", "--mean 9"), Trial("", "--mean 1,2,3", "--mean 3,2,1")],
    "std": [Trial("", "", "--std 9"), Trial("", "--std 1,2,3", "--std 3,2,1")],
    "size": [Trial("--layer layer1 -o out.npy", "", "--size 12x9")],
    "channel_order": [Trial("", "", "--channel-order bgr")],
}

APPLY: Trials = {
    **after("apply relu", PAGED),
    **after("apply filter:emboss,p=same", {**WITH_FILES, **IN_PARTS}),
    **after("apply filter:box", LIGHT),
    "gray": [Trial("apply relu colour.png -o out.png", "", "--gray")],
    "background": [*after("apply relu", WITH_FILES)["background"]],
    "maps": [Trial("apply filter:box colour.png -o out.png", "--maps one", "--maps two")],
    "scale_each_map": [Trial("apply conv:vertical+box,p=same gray.png --maps maps", "", "--scale-each-map")],
    "emit": [Trial("apply filter:box colour.png", "--emit torch", "--emit keras")],
    "model": [Trial("apply gray.png", "--model model.npz", "--model other.npz")],
    "seed": [Trial("apply conv:1,k=3 gray.png -o out.npy", "--seed 1", "--seed 2")],
    "input_scale": [
        Trial("apply filter:box matrix.csv", "--input-scale 1", "--input-scale 1/2"),
        Trial("apply --model model.npz gray.png", "", "--input-scale 1/2"),
    ],
    "layer": [Trial("apply --model net.onnx gray.png", "--layer layer1 -o a.npy", "--layer layer3 -o b.npy")],
    **after("apply --model net.onnx --input-scale 1/255 colour.png", AS_NETWORKS_TAKE_THEM),
}

SHAPE: Trials = {
    "kernel_size": [Trial("shape 9x9", "-f 3", "-f 5"), Trial("shape 9x9", "-f 3x5", "-f 5x3")],
    "stride": [Trial("shape 9x9 -f 3", "-s 1", "-s 2"), Trial("shape 9x9 -f 3", "-s 1x2", "-s 2x1")],
    "padding": [Trial("shape 9x9 -f 3", "", f"-p {word}") for word in ("1", "same", "full", "0,1")],
    "dilation": [Trial("shape 9x9 -f 3", "-d 1", "-d 2"), Trial("shape 9x9 -f 3", "-d 1x2", "-d 2x1")],
    "ceil_mode": [Trial("shape 9x9 -f 2 -s 2", "", "--ceil-mode")],
    "want": [Trial("shape 9x9 -f 3", "--want 7x7", "--want 6x6", "stderr", (0, 1))],
    "solve": [
        Trial("shape 9x9 --want 9x9", "--solve padding -f 3", "--solve kernel-size -p 1"),
        Trial("shape 9x9 --want 9x9", "--solve kernel-size", "--solve stride -f 3 -p 1"),
    ],
    "strict": [Trial("shape 10x10 -f 3 -s 2", "", "--strict", "stderr", (0, 1))],
    "explain": [Trial("shape 9x9 -f 3", "", "--explain")],
    "coverage": [Trial("shape 9x9 -f 3", "", "--coverage"), Trial("shape 9x9 tconv:1,k=3,s=2", "", "--coverage")],
    "model": [Trial("shape 224x224", "--model alexnet", "--model vgg16")],
    "list_models": [Trial("shape 9x9", "", "--list-models")],
    "table": [
        Trial("shape 9x9 relu", "", "--table markdown"),
        Trial("shape 9x9 relu", "--table csv", "--table markdown"),
    ],
    "depth": [
        Trial("shape 9x9 '2*( relu )'", "", "--depth 1"),
        Trial("shape 9x9 '2*( relu )'", "--depth 1", "--depth 2"),
    ],
    "batch": [Trial("shape 9x9 relu", "", "--batch 2"), Trial("shape 9x9 relu", "--batch 3", "--batch 2")],
    "flops": [Trial("shape 9x9 conv:1,k=3", "", "--flops")],
    "memory": [Trial("shape 9x9 relu", "", "--memory")],
    "emit": [Trial("shape 9x9 relu", "", "--emit torch"), Trial("shape 9x9 relu", "--emit torch", "--emit keras")],
    "words": [Trial("shape model.npz", "", "--words")],
    "page": [Trial("shape 9x9 relu", "", "--page a.html"), Trial("shape 9x9 relu", "--page a.html", "--page b.html")],
    "overwrite": [Trial("shape 9x9 relu --page there.html", "", "-y", codes=(2, 0))],
    "json_": [Trial("shape 9x9 -f 3", "", "--json")],
    "quiet": [Trial("shape 3x224x224", "", "-q", "stderr"), Trial("shape 7x7 -f 3 -s 2", "", "-q", "stderr")],
}

KERNELS: Trials = {"json_": [Trial("kernels", "", "--json")]}

SHOW: Trials = {
    "json_": [Trial("kernels show box", "", "--json")],
    "quiet": [Trial("kernels show @decimal.csv", "", "-q", "stderr")],
}

EXPORT: Trials = {
    "output": [Trial("kernels export box", "-o a.csv", "-o b.csv"), Trial("kernels export box", "-o -", "-o b.csv")],
    "overwrite": [Trial("kernels export box -o k.csv", "", "-y", codes=(2, 0))],
    "format": [
        Trial("kernels export box", "--format csv", f"--format {word}") for word in ("tsv", "txt", "json", "npy")
    ],
}

DIFF: Trials = {
    "tolerance": [Trial("diff matrix.csv more.csv", "--tolerance 1", "--tolerance 0.5", "stderr", (0, 1))],
    "max_fraction": [
        Trial("diff matrix.csv more.csv", "--max-fraction 90%", "--max-fraction 1/100", codes=(0, 1), seen="stderr")
    ],
    "min_ssim": [Trial("diff big.csv soft.csv", "--min-ssim 0", "--min-ssim 0.999", "stderr", (0, 1))],
    "peak": [Trial("diff big.csv soft.csv --tolerance 1000", "", "--peak 65535")],
    "output": [Trial("diff matrix.csv more.csv --tolerance 1", "-o a.png", "-o b.png")],
    "gain": [Trial("diff matrix.csv more.csv --tolerance 1 -o out.png", "--gain 1", "--gain 50")],
    "overwrite": [Trial("diff matrix.csv more.csv --tolerance 1 -o there.png", "", "-y", codes=(2, 0))],
    "gray": [Trial("diff colour.png gray.png", "", "--gray", codes=(1, 1))],
    "alpha": [Trial("diff clear.png opaque.png", "--alpha keep", "--alpha drop", codes=(1, 0))],
    "background": [Trial("diff clear.png opaque.png --json", "", "--background white", codes=(1, 1))],
    "no_auto_orient": [Trial("diff photo.jpg photo.jpg --json", "", "--no-auto-orient")],
    "recursive": [Trial("diff folder copies", "", "-r", codes=(0, 1))],
    "exclude": [Trial("diff folder copies -r", "--exclude a.*", "--exclude deep", codes=(1, 0))],
    "jobs": [Trial("diff folder copies", "-j 1", "-j 3", "workers")],
    "timeout": [Trial("diff folder folder", "--timeout 50", "--timeout 70", "limits")],
    "max_pixels": [Trial("diff gray.png gray.png", "--max-pixels 0", "--max-pixels 9", codes=(0, 1))],
    "json": [Trial("diff gray.png gray.png", "", "--json")],
    "quiet": [Trial("diff gray.png gray.png", "", "-q")],
}

LEARN: Trials = {
    "kernel_size": [Trial("learn big.csv soft.csv", "-f 3", "-f 5")],
    "output": [
        Trial("learn big.csv soft.csv -f 3", "-o a.csv", "-o b.csv"),
        Trial("learn big.csv soft.csv -f 3", "-o -", "-o b.csv"),
    ],
    "overwrite": [Trial("learn big.csv soft.csv -f 3 -o k.csv", "", "-y", codes=(2, 0))],
    "bias": [Trial("learn big.csv lifted.csv -f 3 --json --max-residual 1000", "", "--bias")],
    "channels": [Trial("learn photo.jpg photo.jpg -f 1 --json", "--channels each", "--channels sum")],
    "values": [
        Trial("learn photo.jpg photo.jpg -f 1 --json --max-residual 1000", "--values clip", f"--values {word}")
        for word in ("offset", "minmax", "symmetric")
    ],
    "value_range": [
        Trial("learn photo.jpg photo.jpg -f 1 --json --max-residual 1e9", "--value-range 0,255", "--value-range 0,100")
    ],
    "max_residual": [Trial("learn big.csv lifted.csv -f 3", "--max-residual 1000", "--max-residual 0", codes=(0, 1))],
    "decimals": [Trial("learn big.csv soft.csv -f 3 --max-residual 1000", "--decimals 1", "--decimals 3")],
    "descend": [Trial("learn big.csv soft.csv -f 3 --json --max-residual 1000", "", "--descend --steps 9")],
    "learning_rate": [
        Trial(
            "learn big.csv soft.csv -f 3 --max-residual 1000 --descend --steps 9 --decimals 9",
            "--learning-rate 1e-6",
            "--learning-rate 2e-6",
        )
    ],
    "steps": [Trial("learn big.csv soft.csv -f 3 --json --max-residual 1000 --descend", "--steps 1", "--steps 2")],
    "gray": [Trial("learn photo.jpg photo.jpg -f 1 --json", "", "--gray")],
    "recursive": [Trial("learn folder copies -f 1 --json --max-residual 1000", "", "-r")],
    "no_auto_orient": [Trial("learn photo.jpg upright.png -f 1", "", "--no-auto-orient", codes=(0, 1))],
    "max_pixels": [Trial("learn big.csv soft.csv -f 3", "--max-pixels 0", "--max-pixels 9", codes=(0, 1))],
    "json": [Trial("learn big.csv soft.csv -f 3", "", "--json")],
    "quiet": [Trial("learn big.csv soft.csv -f 3", "", "-q", "stderr")],
    "verbose": [Trial("learn big.csv soft.csv -f 3", "", "-v", "stderr")],
}

_TRAIN = "net train classes -o m.npz --epochs 2 --batch-size 3 -q"
_LAYERS = "conv:2,k=3 relu flatten"

TRAIN: Trials = {
    "output": [Trial(f"net train classes --epochs 1 -q {_LAYERS}", "-o a.npz", "-o b.npz")],
    "overwrite": [Trial(f"net train classes -o deep.npz --epochs 1 -q {_LAYERS}", "", "-y", codes=(2, 0))],
    "resume": [Trial("net train classes -o model.npz --epochs 3 -q", "-y", "--resume", "weights")],
    "epochs": [Trial(f"net train classes -o m.npz -q {_LAYERS}", "--epochs 1", "--epochs 2", "weights")],
    "batch_size": [
        Trial(f"net train classes -o m.npz -q --epochs 1 {_LAYERS}", "--batch-size 2", "--batch-size 3", "weights")
    ],
    "learning_rate": [
        Trial(f"{_TRAIN} --optimizer {word} {_LAYERS}", "--learning-rate 0.01", "--learning-rate 0.02", "weights")
        for word in ("adam", "sgd", "momentum", "rmsprop")
    ],
    "schedule": [
        Trial(f"{_TRAIN} {_LAYERS} --epochs 3", f"--schedule {one}", f"--schedule {other}", "weights")
        for one, other in (("constant", "step"), ("step", "cosine"))
    ],
    "weight_decay": [Trial(f"{_TRAIN} {_LAYERS}", "", "--weight-decay 0.1", "weights")],
    "optimizer": [
        Trial(f"{_TRAIN} --learning-rate 0.01 {_LAYERS}", f"--optimizer {one}", f"--optimizer {other}", "weights")
        for one, other in (("adam", "sgd"), ("sgd", "momentum"), ("momentum", "rmsprop"))
    ],
    **after(
        _TRAIN,
        {
            "size": [Trial(_LAYERS, "--size 6x7", "--size 7x6", "weights")],
            "gray": [Trial(_LAYERS, "--gray", "--no-gray", "weights"), Trial(_LAYERS, "", "--no-gray", "weights")],
            "input_scale": [
                Trial(_LAYERS, "--input-scale 1/255", "--input-scale 1/100", "weights"),
                Trial(_LAYERS, "", "--input-scale 1/100", "weights"),
            ],
            "validation": [
                Trial(_LAYERS, "--validation 0", "--validation 0.5", "weights"),
                Trial(_LAYERS, "", "--validation 0.5", "weights"),
            ],
            "seed": [Trial(_LAYERS, "--seed 1", "--seed 2", "weights"), Trial(_LAYERS, "", "--seed 2", "weights")],
            "augment": [
                Trial(_LAYERS, "", "--augment flip", "weights"),
                Trial(_LAYERS, "--augment flip", "--augment shift", "weights"),
                Trial(_LAYERS, "--augment flip", "--augment flip,shift", "weights"),
            ],
            "loss": [
                Trial(f"{_LAYERS} fc:2 softmax", "--loss categorical", "--loss binary", codes=(0, 2)),
            ],
            "max_pixels": [Trial(_LAYERS, "--max-pixels 0", "--max-pixels 9", codes=(0, 1))],
            "json_": [Trial(_LAYERS, "", "--json")],
            **after(_LAYERS, DECODING),
        },
    ),
    "quiet": [Trial(f"net train classes -o m.npz --epochs 1 {_LAYERS}", "", "-q", "stderr")],
    "page": [Trial(f"net train classes -o m.npz --epochs 1 -q {_LAYERS}", "--page a.html", "--page b.html")],
}


PREDICT: Trials = {
    **after("net predict model.npz gray.png colour.png", DECODING),
    "top": [Trial("net predict model.npz gray.png", "--top 1", "--top 2")],
    "recursive": [Trial("net predict model.npz folder", "", "-r")],
    "max_pixels": [Trial("net predict model.npz gray.png", "--max-pixels 0", "--max-pixels 9", codes=(0, 1))],
    "json_": [Trial("net predict model.npz gray.png", "", "--json")],
    "classes": [Trial("net predict net.onnx gray.png", "", "--classes names.txt")],
    "input_scale": [Trial("net predict net.onnx gray.png", "", "--input-scale 1/255")],
    **after(
        "net predict net.onnx colour.png --input-scale 1/255",
        {**AS_NETWORKS_TAKE_THEM, "size": [Trial("--json", "", "--size 9")]},
    ),
}

EVALUATE: Trials = {
    **after("net evaluate model.npz classes", DECODING),
    "max_pixels": [Trial("net evaluate model.npz classes", "--max-pixels 0", "--max-pixels 9", codes=(0, 1))],
    "json_": [Trial("net evaluate model.npz classes", "", "--json")],
    "page": [Trial("net evaluate model.npz classes", "", "--page a.html")],
    "overwrite": [Trial("net evaluate model.npz classes --page there.html", "", "-y", codes=(2, 0))],
}

SUMMARY: Trials = {"json_": [Trial("net summary model.npz", "", "--json")]}

NET_KERNELS: Trials = {
    "output": [Trial("net kernels model.npz", "-o a.png", "-o b.png")],
    "overwrite": [Trial("net kernels model.npz -o there.png", "", "-y", codes=(2, 0))],
    "layer": [Trial("net kernels deep.npz -o out.png", "--layer conv1", "--layer conv2")],
    "json_": [Trial("net kernels model.npz -o out.png", "", "--json")],
}

_ROW = "net backward '3,1,4,1,5' -k '2,7' --gradient '1,10'"
_SQUARE = "net backward '1,2; 3,4' --gradient 1"

BACKWARD: Trials = {
    "kernel": [Trial(_SQUARE, "-k '1,2; 3,4'", "-k '4,3; 2,1'")],
    "gradient": [Trial("net backward '1,2; 3,4' -k '1,2; 3,4'", "--gradient 1", "--gradient 2")],
    "layer": [Trial(_SQUARE, "--layer pool:max,k=2", "--layer pool:avg,k=2")],
    "loss": [
        Trial("net backward '2,1' --labels '1,0'", "--loss categorical", "--loss binary"),
        Trial("net backward 2 --labels 0", "--loss sparse", "--loss binary"),
    ],
    "page": [Trial("net backward '1,2; 3,4' -k '1,2; 3,4' --gradient 1", "", "--page a.html")],
    "overwrite": [
        Trial("net backward '1,2; 3,4' -k 1 --gradient '1,2; 3,4' --page there.html", "", "-y", codes=(2, 0))
    ],
    "labels": [Trial("net backward '2,1,0' --loss categorical", "--labels 1,0,0", "--labels 0,1,0")],
    "bias": [Trial(f"{_SQUARE} -k '1,2; 3,4'", "--bias 1", "--bias 2")],
    "stride": [Trial(_ROW, "-s 1x2", "-s 1x3")],
    "padding": [Trial(f"{_ROW} -s 1x3", "", f"-p {word}") for word in ("0,0,1,0", "0,1")],
    "dilation": [Trial(f"{_ROW} -s 1x2", "-d 1", "-d 1x2")],
    "explain": [Trial(f"{_SQUARE} -k '1,2; 3,4'", "", "--explain")],
    "json_": [Trial(f"{_SQUARE} -k '1,2; 3,4'", "", "--json")],
}

MAN: Trials = {
    "output": [Trial("man", "-o pages", "-o others")],
    "overwrite": [Trial("man -o manuals", "", "-y", codes=(2, 0))],
}

TRIALS: Mapping[str, Trials] = {
    "convolve": CONVOLVE,
    "pad": PAD,
    "pool": POOL,
    "morph": MORPH,
    "edges": EDGES,
    "apply": APPLY,
    "shape": SHAPE,
    "kernels": KERNELS,
    "kernels show": SHOW,
    "kernels export": EXPORT,
    "diff": DIFF,
    "learn": LEARN,
    "man": MAN,
    "net train": TRAIN,
    "net predict": PREDICT,
    "net evaluate": EVALUATE,
    "net summary": SUMMARY,
    "net kernels": NET_KERNELS,
    "net backward": BACKWARD,
}


def make_files(folder: Path) -> None:
    """Put the files that the trials name into an empty folder, which is the one we stand in."""
    rng = np.random.default_rng(12)
    colour = make_pictures(folder)
    for name in ("there.png", "done/colour.png", "folder/a.png", "folder/deep/b.png", "copies/a.png"):
        save(folder / name, colour)
    save(folder / "copies/deep/b.png", colour[::-1])
    (folder / "bad.png").write_bytes(b"no image")
    (folder / "there.html").write_text("")
    (folder / "manuals/man1").mkdir(parents=True)
    (folder / "manuals/man1/cnnfilt.1").write_text("")
    with Image.open(folder / "photo.jpg") as photo:
        ImageOps.exif_transpose(photo).save(folder / "upright.png")
    frames = [Image.fromarray(rng.integers(0, 256, (20, 24), dtype=np.uint8)) for _ in range(3)]
    frames[0].save(folder / "film.gif", save_all=True, append_images=frames[1:], duration=100)
    (folder / "list.txt").write_text("colour.png\n")
    (folder / "other.txt").write_text("gray.png\n")
    (folder / "null.txt").write_text("colour.png\0gray.png\0")
    save_matrices(folder, rng)
    for name, number in ((name, number) for name in ("dark", "light") for number in range(6)):
        save(
            folder / f"classes/{name}/{number}.png",
            rng.integers(0, 200, (8, 8), dtype=np.uint8) // 2 + 50 * (name == "light"),
        )
    layers = {"model.npz": "conv:2,k=3 tanh flatten", "other.npz": "conv:1,k=5 tanh flatten", "deep.npz": _DEEP}
    for path, words in layers.items():
        line = f"net train classes -o {path} --epochs 1 --learning-rate 0.05 -j 1 -q {words}"
        assert exit_code(line.split()) == 0
    (folder / "net.onnx").write_bytes(small_onnx())
    (folder / "names.txt").write_text("dark\nlight\n")


def small_onnx() -> bytes:
    """A network for images of 8x8x3, whose weights make every pixel count a little."""
    size = Volume(8, 8, 3)
    return onnx_of(
        describe(parse_chain(["conv:4,k=3,p=1 relu pool:avg,k=global flatten fc:2 softmax"]), size), size, seed=3
    )


_DEEP = "conv:2,k=3 tanh conv:3,k=3 tanh flatten"


def make_pictures(folder: Path) -> np.ndarray:
    """Put pictures into a folder that differ in channels and transparency, and return the colours of most of them."""
    rng = np.random.default_rng(11)
    colour = rng.integers(0, 256, (12, 16, 3), dtype=np.uint8)
    save(folder / "colour.png", colour)
    save(folder / "gray.png", colour[..., 0])
    save(folder / "opaque.png", np.dstack([colour, np.full((12, 16), 255, np.uint8)]))
    save(folder / "clear.png", np.dstack([colour, rng.integers(0, 256, (12, 16), dtype=np.uint8)]))
    save(folder / "other.png", rng.integers(0, 256, (12, 16, 4), dtype=np.uint8))
    save_photo(folder / "photo.jpg")
    return colour


def save(path: Path, levels: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(levels).save(path)


def save_photo(path: Path) -> None:
    """A turned JPEG with a resolution, a colour profile, and the name of who took it."""
    rows, columns = np.indices((40, 56))
    levels = np.stack([rows * 6, columns * 4, (rows * columns) % 256], axis=-1).astype(np.uint8)
    exif = Image.Exif()
    exif[0x0112], exif[0x013B] = 6, "somebody"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.fromarray(levels).save(path, quality=95, dpi=(300, 300), icc_profile=profile, exif=exif)


def save_matrices(folder: Path, rng: np.random.Generator) -> None:
    matrix = rng.integers(0, 10, (6, 6))
    big = rng.integers(0, 256, (24, 24)).astype(float)
    soft = sum(np.roll(big, (y, x), (0, 1)) * (1 + y + 2 * x) for y in (-1, 0, 1) for x in (-1, 0, 1)) / 9
    matrices = {
        "matrix": matrix,
        "more": matrix + (rng.random((6, 6)) < 0.5),
        "k": [[1, 2], [3, 5]],
        "bias": [[7]],
        "big": big,
        "soft": soft,
        "lifted": soft + 40,
    }
    for name, rows in matrices.items():
        np.savetxt(folder / f"{name}.csv", rows, delimiter=",", fmt="%.12g")
    np.save(folder / "mask.npy", np.linspace(0, 1, matrix.size).reshape(matrix.shape))
    np.save(folder / "other_mask.npy", np.ones(matrix.shape))
    (folder / "decimal.csv").write_text("0,5;1,5\n2,5;3,5\n")
