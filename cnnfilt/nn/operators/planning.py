"""What is settled before a network runs: the nodes it needs, whether all can be run, and whose memory is free when."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from cnnfilt.describe.graphs.walk import Step, place_of
from cnnfilt.errors import CnnfiltError, InputError, counted
from cnnfilt.nn.operators.table import OVER_ITS_INPUT, RUN, SHARING

Answer = TypeVar("Answer")


def needed(steps: Sequence[Step], wanted: Sequence[str]) -> list[Step]:
    """Return the nodes that the values named `wanted` depend on; sizes that are known depend on nothing."""
    names, kept = set(wanted), []
    for step in reversed(steps):
        if names.intersection(step.node.outputs):
            kept.append(step)
            if not is_known(step):
                names.update(step.node.inputs)
    return kept[::-1]


def is_known(step: Step) -> bool:
    """Return whether all that a node makes are whole numbers that the description has worked out."""
    return all(
        value is not None and value.content is not None and value.kind.startswith(("int", "bool"))
        for value in step.values
    )


def check_runs(steps: Sequence[Step]) -> None:
    """Raise InputError naming the first node that is not run, and how many others there are."""
    lines = [f"{place_of(step.node)}: {step.why or 'its operator is not run'}" for step in steps if not is_run(step)]
    if lines:
        more = f" (and {counted(len(lines) - 1, 'others')})" if lines[1:] else ""
        raise InputError(f"{{image}} cannot be run: {lines[0]}{more}")


def is_run(step: Step) -> bool:
    """Return whether a node can be run; one that only takes an unknown value is not the one to be named."""
    unknown = any(value is None for value in step.values[:1])
    return not step.why and (unknown or (step.node.operator in RUN and not step.node.domain))


def check_sizes(steps: Sequence[Step], most: int) -> None:
    """Raise InputError for a value of more than `most` numbers, padded ones and all weights together counted, too."""
    weights = 0
    for step in steps:
        count = max((value.count for value in step.values if value is not None), default=0)
        weights += 0 if step.computes else count
        padded = 0
        if step.windows is not None and step.inputs[0] is not None:
            height, width = step.windows.padded_size
            padded = height * width * (step.inputs[0].side("C") or 1)
        if max(count, weights, padded) > most:
            raise InputError(
                f"{{image}} cannot be run: {place_of(step.node)} takes {max(count, weights, padded):,} numbers; "
                f"the limit is {most:,}, by --max-pixels"
            )


def takers_of(steps: Sequence[Step]) -> dict[str, list[Step]]:
    """Return the nodes that take each value, one that takes it twice twice."""
    takers: dict[str, list[Step]] = {}
    for step in steps:
        for name in step.node.inputs:
            takers.setdefault(name, []).append(step)
    return takers


def spare(steps: Sequence[Step], takers: Mapping[str, list[Step]], wanted: Sequence[str]) -> set[int]:
    """Return the places of nodes that may write over their first input: no one else holds or takes its memory."""
    fresh = {name for step in steps if step.node.operator not in SHARING for name in step.node.outputs}
    found = set()
    for at, step in enumerate(steps):
        name = step.node.inputs[0] if step.node.inputs else ""
        others = takers.get(name, [])
        if step.node.operator in OVER_ITS_INPUT and name in fresh and name not in wanted:
            shared = any(one.node.operator in SHARING for one in others)
            if others[-1] is step and others.count(step) == 1 and not shared:
                found.add(at)
    return found


def normalized(
    steps: Sequence[Step], takers: Mapping[str, list[Step]], wanted: Sequence[str], is_weight: Callable[[str], bool]
) -> dict[int, Step]:
    """Return, by the places of convolutions, the batch normalization that alone takes what each of them makes."""
    found = {}
    for at, step in enumerate(steps):
        made = step.node.outputs[0]
        after = takers.get(made, [])
        if step.node.operator != "Conv" or made in wanted or len(after) != 1:
            continue
        one = after[0].node
        weights = all(map(is_weight, (*step.node.inputs[1:2], *one.inputs[1:5])))
        if one.operator == "BatchNormalization" and one.inputs[0] == made and weights:
            found[at] = after[0]
    return found


def guarded(step: Step, work: Callable[[], Answer]) -> Answer:
    """Return what `work` returns; what it refuses names the node."""
    try:
        return work()
    except CnnfiltError as error:
        why = error.message
    except (ValueError, TypeError, IndexError, OverflowError, ZeroDivisionError) as error:
        # NumPy's words for inputs that do not fit a node that the description takes for right.
        why = next(iter(str(error).splitlines()), type(error).__name__)
    raise InputError(f"{{image}} cannot be run: {place_of(step.node)}: {why}")
