"""The end of a network that tells classes apart, and the whole network of the notes."""

from collections.abc import Sequence

from cnnfilt.describe.chain import parse_chain
from cnnfilt.describe.layers import ActivationLayer, Flat, FullyConnectedLayer
from cnnfilt.errors import ParameterError
from cnnfilt.nn.model import reports_of

NOTES_NETWORK = "conv:32,k=3,p=same relu pool:avg conv:64,k=3,p=same relu pool:max flatten"
"""The notes' workflow: layer 1 pools by average, layer 2 by maximum; the fully connected layer is put to its end."""


def for_classes(words: Sequence[str], size: tuple[int, int, int], classes: int) -> str:
    """Return the layers written in `words`, or the notes' without any, made to end in one value for each class.

    What is missing is added: flatten, fc, and the notes' activation, sigmoid (one value) for two classes and softmax
    for more. ParameterError for an end that says another number of classes.
    """
    text = " ".join(words) or NOTES_NETWORK
    chain = parse_chain([text])
    ends = chain[-1].function if chain and isinstance(chain[-1], ActivationLayer) else None
    if ends not in ("softmax", "sigmoid"):
        if not chain or not isinstance(chain[-1], FullyConnectedLayer):
            flat = isinstance(reports_of(text, size)[-1].output, Flat)
            text += f"{'' if flat else ' flatten'} fc:{1 if classes == 2 else classes}"
        ends = "sigmoid" if reports_of(text, size)[-1].output == Flat(1) else "softmax"
        text += f" {ends}"
    output = reports_of(text, size)[-1].output
    wanted = 1 if ends == "sigmoid" else classes
    if (ends == "sigmoid" and classes != 2) or output != Flat(wanted):
        need = "fc:1 sigmoid or fc:2 softmax" if classes == 2 else f"fc:{classes} softmax"
        values = "value" if output == Flat(1) else "values"
        raise ParameterError(
            f"the layers end in {output} {values} ({ends}); {classes} classes need {need}",
            parameter="layer",
        )
    return text


def class_of_each(classes: Sequence[str], count: int) -> tuple[str, ...]:
    """Return the class that each of `count` values tells of, a single one of the second of two; () where none fit.

    >>> class_of_each(["cat", "dog"], 2), class_of_each(["cat", "dog"], 1), class_of_each(["cat", "dog"], 3)
    (('cat', 'dog'), ('dog',), ())
    """
    if len(classes) == 2 and count == 1:
        return (classes[1],)
    return tuple(classes) if len(classes) == count else ()
