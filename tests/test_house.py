"""The house keeps its floors: imports run downward only, and each outside package has one home."""

import ast
from pathlib import Path

import pytest

import cnnfilt

ROOT = Path(cnnfilt.__file__).parent

FLOORS = {
    "errors": 0,
    "frozen": 0,
    "machine": 0,
    "signals": 0,
    "spelling": 0,
    "terms": 0,
    "parsing": 1,
    "describe": 2,
    "core": 3,
    "nn": 4,
    "fitting": 5,
    "files": 5,
    "operations": 6,
    "batch": 7,
    "datasets": 8,
    "cli": 9,
}
"""From the ground up. A module may import its own floor's and those below."""

HOMES = {
    "click": ("cli",),
    "rich": ("cli",),
    "PIL": ("files",),
    "numpy": ("core", "nn", "fitting", "files", "operations", "batch", "datasets", "cli"),
    "scipy": ("core",),
}

MODULES = sorted(
    path.relative_to(ROOT) for path in ROOT.rglob("*.py") if path.name not in ("__init__.py", "__main__.py")
)


def floor_of(module: Path) -> str:
    return module.parts[0].removesuffix(".py")


def imported(tree: ast.Module) -> list[tuple[str, ast.stmt]]:
    """Every imported module with its statement, those under `if TYPE_CHECKING:` left out."""
    hidden = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    found: list[tuple[str, ast.stmt]] = []
    for node in ast.walk(tree):
        if id(node) in hidden:
            continue
        if isinstance(node, ast.Import):
            found += [(alias.name, node) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            found.append((node.module or "", node))
    return found


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_imports_run_downward(module: Path) -> None:
    floor = FLOORS[floor_of(module)]
    for name, _ in imported(ast.parse((ROOT / module).read_text())):
        package, _, rest = name.partition(".")
        if package == "cnnfilt" and rest:
            assert FLOORS[rest.split(".")[0]] <= floor, f"{module} imports {name} from above"


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_outside_packages_stay_at_home(module: Path) -> None:
    for name, _ in imported(ast.parse((ROOT / module).read_text())):
        package = name.split(".")[0]
        if package in HOMES:
            assert floor_of(module) in HOMES[package], f"{module} imports {name}"


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_scipy_is_imported_inside_functions(module: Path) -> None:
    """Importing SciPy costs more than most runs; only what needs it pays."""
    tree = ast.parse((ROOT / module).read_text())
    top_level = {id(node) for node in tree.body}
    for name, statement in imported(tree):
        assert not (name.startswith("scipy") and id(statement) in top_level), f"{module} imports {name} at start-up"


def test_every_floor_is_named() -> None:
    assert {floor_of(module) for module in MODULES} <= set(FLOORS)
