"""The weights of a network in a script: read from a model's file or drawn again, and put into each library's layers."""

from collections.abc import Callable, Mapping, Sequence

from cnnfilt.describe import layers as described
from cnnfilt.describe.chain import Report
from cnnfilt.nn.initializers import Fans, fans
from cnnfilt.nn.layer import Shape
from cnnfilt.nn.layer_table import first_of
from cnnfilt.nn.weights import is_before_relu, names_of, parts_of


def loaded(path: str) -> list[str]:
    """Return the lines that read `weights` from the model in the file `path`."""
    return [
        f"with np.load({path!r}) as file:",
        "    weights = dict(file)  # written by cnnfilt net train; channels-last",
    ]


def drawn(reports: Sequence[Report], seed: int) -> list[str]:
    """Return the lines that draw `weights` as `new_arrays` does from a generator of this seed; none for no weights."""
    lines = []
    for number, (report, name) in enumerate(zip(reports, names_of(reports), strict=True)):
        before_relu, first = is_before_relu(reports[number + 1 :]), first_of(report)
        for part, shape in parts_of(report).items():
            fan = (first["summed"] or fans(shape)) if len(shape) > 1 else (1, 1)
            lines.append(f'    "{name}.{part}": {_first(part, shape, fan, first["factor"], before_relu=before_relu)},')
    if not lines:
        return []
    return [
        f"generator = np.random.default_rng({seed})",
        "weights = {  # channels-last; drawn by He's rule before relu, else by Glorot's",
        *lines,
        "}",
        "weights = {name: array.astype(np.float32) for name, array in weights.items()}",
    ]


def _first(part: str, shape: Shape, fan: Fans, factor: float, *, before_relu: bool) -> str:
    """Return the expression for what `first_weights` returns."""
    if part in ("bias", "mean"):
        return f"np.zeros({shape})"
    if len(shape) == 1:
        return f"np.full({shape}, {1 if part == 'variance' else factor!r})"
    if before_relu:
        return f"generator.standard_normal({shape}) * np.sqrt(2 / {fan[0]!r})"
    limit = f"np.sqrt(6 / {sum(fan)!r})"
    return f"generator.uniform(-{limit}, {limit}, {shape})"


def into_torch(reports: Sequence[Report]) -> list[str]:
    """Return the lines that put `weights` into `network`, in PyTorch's order of axes."""
    lines = [
        f'    "{name}{theirs}": weights["{name}.{part}"]{turned},'
        for report, name in zip(reports, names_of(reports), strict=True)
        for part in parts_of(report)
        for theirs, turned in [_of_torch(report, part)]
    ]
    if not lines:
        return []
    return [
        "state = {",
        *lines,
        "}",
        "state = {name: torch.from_numpy(np.ascontiguousarray(array)) for name, array in state.items()}",
        "network.load_state_dict(state, strict=False)  # filters with coefficients have them already",
    ]


def into_keras(reports: Sequence[Report]) -> list[str]:
    """Return the lines that put `weights` into the layers of `network`, which have these names."""
    lines = []
    for report, name in zip(reports, names_of(reports), strict=True):
        if parts := parts_of(report):
            planes = isinstance(report.layer, described.SlopesLayer) and isinstance(report.input, described.Volume)
            given = ", ".join(f'weights["{name}.{part}"]{"[None, None]" if planes else ""}' for part in parts)
            lines.append(f'network.get_layer("{name}").set_weights([{given}])')
    return lines


_NAMES_IN_TORCH = {"kernel": ".weight", "bias": ".bias", "mean": ".running_mean", "variance": ".running_var"}


def _of_torch(report: Report, part: str) -> tuple[str, str]:
    """Return what follows the layer's name in PyTorch's, and what turns the array."""
    if isinstance(report.layer, described.ScaleLayer):
        return "", "" if isinstance(report.input, described.Flat) else "[:, None, None]"
    turn = _TURNS.get(type(report.layer)) if part == "kernel" else None
    return _NAMES_IN_TORCH[part], turn(report) if turn else ""


_TURNS: Mapping[type[described.LayerWord], Callable[[Report], str]] = {
    described.ConvLayer: lambda report: ".transpose(3, 2, 0, 1)",
    described.TransposedLayer: lambda report: ".transpose(3, 2, 0, 1)",
    described.DepthwiseLayer: lambda report: (
        f".transpose(2, 3, 0, 1).reshape(-1, 1, {report.effect.weights[0]}, {report.effect.weights[1]})"
    ),
    described.FullyConnectedLayer: lambda report: ".T",
}
"""How kernels are turned from (height, width, in, out), and from (in, out)."""
