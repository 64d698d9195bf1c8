"""`cnnfilt shape --list-models`: the networks that have names."""

import json

from cnnfilt.cli.tables import aligned
from cnnfilt.describe.named_models import model_names, named_model


def models_listed(*, as_json: bool) -> str:
    """Return the networks, one a line: name, size of the input, and what each is."""
    known = {name: named_model(name) for name in model_names()}
    if as_json:
        return json.dumps(
            [{"name": name, "input": one.size, "title": one.title, "source": one.source} for name, one in known.items()]
        )
    return "\n".join(aligned([(name, one.size, one.title) for name, one in known.items()], "lll"))
