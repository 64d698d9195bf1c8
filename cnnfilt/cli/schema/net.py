"""The records of the commands of `net`."""

from cnnfilt.cli.schema.fields import (
    Schema,
    array,
    count,
    flag,
    matrix,
    nested,
    number,
    one_of,
    or_null,
    record,
    text,
    told_apart,
    word,
)
from cnnfilt.cli.schema.shape import TABLE

_LOSS = "the mean cross-entropy in nats"
_SHARE = {"minimum": 0, "maximum": 1}
_NOTHING = "for nan and infinity"

EPOCH = record(
    "A line for each epoch, as soon as it is done.",
    {
        "epoch": count("Its number, from 1, those of trainings before included."),
        "loss": or_null(number(f"Of the images learned from: {_LOSS}."), _NOTHING),
        "accuracy": number("The fraction of the images learned from that were predicted right.", **_SHARE),
        "validation_loss": or_null(number(f"Of the images held out: {_LOSS}."), _NOTHING),
        "validation_accuracy": number("The fraction of the images held out that are predicted right.", **_SHARE),
        "best": flag("Whether its weights are the best so far, and so those that are kept."),
        "seconds": number("How long it took.", minimum=0),
    },
    sometimes=("validation_loss", "validation_accuracy"),
)

EVALUATED = record(
    "How a model does on images whose classes are known.",
    {
        "accuracy": number("The fraction predicted right.", **_SHARE),
        "loss": or_null(number(f"{_LOSS[:1].upper()}{_LOSS[1:]}."), _NOTHING),
        "images": count("How many images there are."),
        "confusion": matrix(
            "How many images of each class (a row) were predicted as each class (a column).", count("Images.")
        ),
        "classes": array("The classes, in the order of rows and columns.", text("A class.")),
    },
)

_CHANCE = {
    "class": text("The class."),
    "probability": number("How probable the model finds it.", **_SHARE),
}

PREDICTED = told_apart(
    "status",
    record(
        "A line for each image, in the order of the inputs.",
        {
            "input": text("The file as it was named."),
            "status": word("done, or failed (error says why).", "done", "failed"),
            "class": text("The likeliest class."),
            "probability": number("How probable the model finds it.", **_SHARE),
            "top": array("The likeliest classes, --top of them, the first first.", record("A class.", _CHANCE)),
            "error": text("What went wrong, the line on standard error."),
        },
        sometimes=("class", "probability", "top", "error"),
    ),
    done=("class", "probability", "top"),
    failed=("error",),
)

_TRAINING: Schema = {
    "type": "object",
    "description": "How it was trained, as the model file has it: the settings, the best epoch, and the scores of all.",
    "additionalProperties": True,
}

SUMMARY = TABLE | {
    "description": "The layers of a model, its classes, and how it was trained.",
    "properties": TABLE["properties"]
    | {
        "classes": array("The classes, in the order of the outputs.", text("A class.")),
        "gray": flag("Whether images are read in shades of gray."),
        "input_scale": or_null(number("Levels are multiplied by this."), "where the highest level divides them"),
        "training": _TRAINING,
        "fixed_size": or_null(
            array("Of a .onnx: (height, width) of its images.", count("Pixels."), length=2), "where any size is taken"
        ),
        "gives_probabilities": flag("Of a .onnx: whether probabilities come out, of which no softmax is taken."),
        "runs": flag("Of a .onnx: whether it can be run."),
        "why_not": or_null(text("Of a .onnx: the first node that cannot be run, and why."), "where all can"),
    },
    "required": [*TABLE["required"], "classes", "gray", "input_scale", "training"],
}

WEIGHTS = record(
    "The weights of a convolution.",
    {
        "layer": text("Its name in the model."),
        "kernel": nested("The weights: rows, columns, channels that come in, filters."),
    },
)

_RESULTS = {
    "Z": "What the filter or the dense layer answers, Z = conv(X, K) + B or W f + B.",
    "P": "What pooling keeps.",
    "C": "What the activation makes of X.",
    "f": "The values in one row.",
    "mean": "Of batch normalisation: the mean of X.",
    "variance": "The variance of X, its sum divided by their number.",
    "Xhat": "X normalised: (X - mean)/sqrt(variance + epsilon).",
    "Y": "What batch normalisation makes of X, gamma Xhat + beta.",
    "y_pred": "The probabilities.",
    "L": "The loss, in nats.",
    "dL/dX": "The gradient of the loss by the layer's input.",
    "dL/dK": "The gradient by the kernel.",
    "dL/dB": "The gradient by the bias.",
    "dL/dW": "The gradient by the weights.",
    "dL/dgamma": "The gradient by the factor of batch normalisation.",
    "dL/dbeta": "The gradient by what it adds.",
    "dL/df": "The gradient by the values in one row.",
    "dL/dZ": "The gradient by what the loss reads.",
}

GRADIENTS = record(
    "All matrices, under the names that the lecture notes have; which there are depends on the layer.",
    {
        name: one_of(means, {"type": ["number", "null"]}, nested("Rows from the top."))
        for name, means in _RESULTS.items()
    },
    sometimes=tuple(_RESULTS),
)
