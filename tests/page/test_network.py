"""What a page is told of a network is what `shape` tells of it."""

import pytest

from cnnfilt.describe.chain import Report, describe, parse_chain
from cnnfilt.describe.layers import Flat, Volume
from cnnfilt.describe.named_models import model_names, named_model
from cnnfilt.page.network import Node, drawing_of, nodes_of
from cnnfilt.parsing import parse_size

JOINED = "as:in conv:4,k=3,p=1 relu as:main from:in conv:4,k=1 add:main pool:max flatten fc:3"


def described(words: str, size: tuple[int, int, int]) -> tuple[list[Report], list[Node], list[int]]:
    reports = describe(parse_chain([words]), Volume(*size))
    return reports, *nodes_of(reports, Volume(*size))


def test_words_that_only_name_values_are_no_layers() -> None:
    _, nodes, places = described(JOINED, (8, 8, 3))
    labels = [node.label for node in nodes]
    assert labels == ["input", "conv:4,k=3,p=1", "relu", "conv:4,k=1", "add:main", "pool:max", "flatten", "fc:3"]
    assert places == [0, 1, 2, 2, 0, 3, 4, 5, 6, 7]
    assert [node.takes for node in nodes] == [(), (0,), (1,), (0,), (3, 2), (4,), (5,), (6,)]
    assert [node.names for node in nodes[:3]] == [("in",), (), ("main",)]


@pytest.mark.parametrize("name", model_names())
def test_named_networks_are_drawn_whole(name: str) -> None:
    model = named_model(name)
    reports, nodes, places = described(model.layers, parse_size(model.size))
    drawing = drawing_of(nodes)
    assert drawing["params"] == sum(report.effect.params for report in reports)
    assert drawing["macs"] == sum(report.effect.macs for report in reports)
    assert drawing["statistics"] == sum(report.effect.statistics for report in reports)
    for report, place in zip(reports, places, strict=True):
        assert nodes[place].output == report.output
    assert drawing["lanes"] <= 5


def test_fields_follow_from_those_before() -> None:
    _, nodes, _ = described("conv:4,k=5,s=2 pool:max conv:4,k=3,d=2", (40, 40, 1))
    lines = [line for node in nodes for line in node.lines if line.startswith("field")]
    assert lines == [
        "field       1 + (5 - 1)*1 = 5, jump 1*2 = 2",
        "field       5 + (2 - 1)*2 = 7, jump 2*2 = 4",
        "field       7 + (5 - 1)*4 = 23, jump 4*1 = 4",
    ]


def test_fields_that_differ_are_told_down_and_along() -> None:
    _, nodes, _ = described("conv:4,k=3x5,s=1x2", (40, 40, 1))
    lines = [line for line in nodes[1].lines if line.startswith("field")]
    assert lines == [
        "field down  1 + (3 - 1)*1 = 3, jump 1*1 = 1",
        "field along 1 + (5 - 1)*1 = 5, jump 1*2 = 2",
    ]


def test_a_list_depends_on_what_its_maps_did() -> None:
    _, nodes, _ = described("conv:4,k=3 flatten fc:3", (8, 9, 1))
    assert isinstance(nodes[3].output, Flat)
    assert nodes[3].part == ((0, 7), (0, 8))
    _, nodes, _ = described("conv:4,k=3,p=1 pool:max,k=2,s=3 flatten", (9, 9, 1))
    assert nodes[3].part == ((-1, 8), (-1, 8))
