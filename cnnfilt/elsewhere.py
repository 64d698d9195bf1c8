"""What others call things that have another name here: NumPy, SciPy, OpenCV, Keras, PyTorch, ImageMagick, MATLAB."""

OURS: dict[str, tuple[str, ...]] = {
    # Padding modes. SciPy's reflect is symmetric here, but the word is ours, too, and so means what it means here.
    "mirror": ("reflect",),
    "reflect101": ("reflect",),
    "reflect_101": ("reflect",),
    "edge": ("replicate", "laplacian4", "outline", "edges"),
    "nearest": ("replicate",),
    "clamp": ("replicate",),
    "extend": ("replicate",),
    "border": ("replicate", "pad"),
    "wrap": ("circular",),
    "tile": ("circular",),
    "periodic": ("circular",),
    "constant": ("zeros",),
    "zero": ("zeros",),
    "black": ("zeros",),
    # How much padding there is.
    "none": ("valid",),
    "same_upper": ("same",),
    "same-upper": ("same",),
    "same_lower": ("same-lower",),
    # Pooling.
    "average": ("avg", "box"),
    "mean": ("avg", "box"),
    "maximum": ("max",),
    "minimum": ("min",),
    # Kernels.
    "blur": ("box", "gaussian"),
    "boxblur": ("box",),
    "soft": ("box", "gaussian"),
    "unsharp": ("sharpen",),
    "sobel": ("sobel-x", "sobel-y"),
    "prewitt": ("prewitt-x", "prewitt-y"),
    "scharr": ("scharr-x", "scharr-y"),
    "roberts": ("roberts-1", "roberts-2"),
    "farid": ("farid-x", "farid-y"),
    "edges": ("laplacian4", "outline"),
    "laplace": ("laplacian4", "laplacian8"),
    "edgedetect": ("laplacian4", "outline"),
    "mexicanhat": ("log",),
    # Layers.
    "conv2d": ("conv", "convolve"),
    "convolution": ("conv", "convolve"),
    "maxpool": ("pool:max",),
    "maxpool2d": ("pool:max",),
    "avgpool": ("pool:avg",),
    "avgpool2d": ("pool:avg",),
    "averagepool": ("pool:avg",),
    "dense": ("fc",),
    "linear": ("fc",),
    # Mappings of values.
    "stretch": ("minmax",),
    "normalize": ("minmax",),
    "jpg": ("jpeg",),
    "tif": ("tiff",),
}
"""Their words in lower case, each with ours; which of these it is depends on what is asked for."""
