"""What is settled before a network runs: the nodes it needs, whether all can be run, and whose memory is free when."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from cnnfilt.describe.graphs.value import Value
from cnnfilt.describe.graphs.walk import Step, Walk, place_of
from cnnfilt.errors import CnnfiltError, InputError, counted
from cnnfilt.nn.operators.table import OVER_ITS_INPUT, RUN, SHARING

Answer = TypeVar("Answer")


def steps_to(walk: Walk, wanted: Sequence[str]) -> list[Step]:
    """Return the nodes that the values named `wanted` depend on. InputError where nothing makes one of them."""
    steps = needed(list(walk.steps()), wanted)
    for name in wanted:
        if name not in walk.values:
            raise InputError(f"{{image}} is damaged: nothing in it makes {name!r}")
    return steps


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
        count = max(count, weights, _padded(step))
        if count > most:
            raise InputError(
                f"{{image}} cannot be run: {place_of(step.node)} takes {count:,} numbers; "
                f"the limit is {most:,}, by --max-pixels"
            )


def numbers_at_once(steps: Sequence[Step], image: Value) -> int:
    """Return how many numbers are in memory at most while `steps` are run one by one, weights apart."""
    last = {name: at for at, step in enumerate(steps) for name in step.node.inputs}
    held: dict[str, int] = {}
    most = image.count
    for at, step in enumerate(steps):
        if not step.computes:
            continue
        made = {name: value.count for name, value in zip(step.node.outputs, step.values, strict=True) if value and name}
        before = sum(held.values()) or image.count
        most = max(most, before + sum(made.values()) + _padded(step))
        held = {name: count for name, count in (held | made).items() if last.get(name, at) > at}
    return most


def _padded(step: Step) -> int:
    """Return how many numbers the input of a node has with what its windows reach beyond it; 0 where they do not."""
    image = step.inputs[0] if step.inputs else None
    if step.windows is None or image is None:
        return 0
    height, width = step.windows.padded_size
    count = height * width * (image.side("C") or 1)
    return count if count > image.count else 0


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
