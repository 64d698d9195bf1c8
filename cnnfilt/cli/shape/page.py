"""`cnnfilt shape --page`: the network drawn, for a browser. No pixel is read, and no array made."""

import os
from collections.abc import Sequence

from cnnfilt.batch.clashes import check_output
from cnnfilt.cli.inspect.page import write_page
from cnnfilt.cli.messages import print_line
from cnnfilt.cli.shape.answers import Answer, PageRequest
from cnnfilt.describe.chain import Report
from cnnfilt.describe.graphs.value import Value
from cnnfilt.describe.graphs.walk import Step
from cnnfilt.describe.layers import Volume
from cnnfilt.page.document import Page, Section
from cnnfilt.page.graph import nodes_of_graph
from cnnfilt.page.network import drawing_of, nodes_of
from cnnfilt.spelling import spelled_size


def check_page(page: PageRequest) -> None:
    """Raise PlanError where the page may not be written: it exists, or is the file that is asked about."""
    check_output(page.path, [page.about] if os.path.lexists(page.about) else [], overwrite=page.overwrite)


def finish_page(page: PageRequest, answer: Answer) -> None:
    """Write the page of an answer, and say so. OutputError."""
    assert answer.page is not None, "it was asked for"
    write_page(page.path, f"shape: {page.about}", answer.page, overwrite=page.overwrite)
    if not page.quiet:
        print_line(f"{page.about} -> {spelled_size(answer.output) or 'unknown'}, shown in {page.path}")


def page_of_chain(size: Volume, reports: Sequence[Report]) -> Page:
    """Return the page of a chain of words."""
    return Page("shape", drawing_of(nodes_of(reports, size)[0]))


def page_of_graph(image: Value, name: str, layers: Sequence[Step], unknown: Sequence[str]) -> Page:
    """Return the page of a network from a file: its `layers`, whose input `image` is called `name` there.

    `unknown` are lines that say what is not known.
    """
    nodes, _ = nodes_of_graph(image, name, layers)
    sections = (Section("What is not known", (), tuple(unknown)),) if unknown else ()
    return Page("shape", drawing_of(nodes), sections)
