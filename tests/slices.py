"""A slice of a long set of tests, for a machine that has no time for all: a plugin of pytest.

python -m pytest -p tests.slices -m kill --seconds 120 --draw 7

draws an order (the same number draws the same one), and starts no test when so many seconds are over. The first one
runs however late it is.
"""

import random
import time

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("slices")
    group.addoption("--seconds", type=float, help="start no test later than this, the first one apart")
    group.addoption("--draw", type=int, help="a number that draws the order of the tests")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[STARTED] = time.monotonic()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    draw = config.getoption("draw")
    if draw is not None:
        random.Random(draw).shuffle(items)
    seconds = config.getoption("seconds")
    if seconds is not None:
        for item in items[1:]:
            item.stash[LATEST] = config.stash[STARTED] + seconds


def pytest_runtest_setup(item: pytest.Item) -> None:
    if time.monotonic() > item.stash.get(LATEST, float("inf")):
        pytest.skip(f"the {item.config.getoption('seconds'):g} seconds of this slice are over")


STARTED = pytest.StashKey[float]()
LATEST = pytest.StashKey[float]()
