"""The house keeps its floors: imports run downward and in no circle, and each module has its tests where one looks."""

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
    "windows": 0,
    "elsewhere": 0,
    "parsing": 1,
    "describe": 2,
    "core": 3,
    "nn": 4,
    "fitting": 5,
    "files": 5,
    "operations": 6,
    "batch": 7,
    "datasets": 8,
    "page": 8,
    "cli": 9,
}
"""From the ground up. A module may import its own floor's and those below."""

HOMES = {
    "click": ("cli",),
    "rich": ("cli",),
    "PIL": ("files",),
    "tifffile": ("files",),
    "imagecodecs": ("files",),
    "numpy": ("core", "nn", "fitting", "files", "operations", "batch", "datasets", "page", "cli"),
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


def test_no_modules_import_each_other_in_a_circle() -> None:
    names = {".".join(("cnnfilt", *module.with_suffix("").parts)): module for module in MODULES}
    below = {name: {one for one in _modules_in(module) if one in names} for name, module in names.items()}
    while free := [name for name, others in below.items() if not others]:
        below = {name: others.difference(free) for name, others in below.items() if name not in free}
    assert not below, f"a circle among {sorted(below)}"


def _modules_in(module: Path) -> set[str]:
    """Return the modules that `module` imports anywhere; `from package import module` names both."""
    found: set[str] = set()
    for name, node in imported(ast.parse((ROOT / module).read_text())):
        found.add(name)
        if isinstance(node, ast.ImportFrom):
            found |= {f"{name}.{alias.name}" for alias in node.names}
    return found


TESTS = Path(__file__).parent

TESTED_ELSEWHERE = {
    "batch/diff.py": "cli/test_diff.py",
    "batch/diff_folders.py": "cli/test_diff_folders.py",
    "batch/frames.py": "cli/test_frames.py",
    "batch/inputs.py": "cli/test_errors.py",
    "batch/learn.py": "cli/test_learn.py",
    "batch/pairs.py": "cli/test_learn.py",
    "batch/work.py": "batch/test_runner.py",
    "cli/chains.py": "cli/test_apply.py",
    "cli/command.py": "cli/test_help.py",
    "cli/completion_places.py": "cli/test_completion.py",
    "cli/exit_codes.py": "cli/test_man.py",
    "cli/json_text.py": "cli/test_schema.py",
    "cli/habitual_option.py": "cli/test_habits.py",
    "cli/inspect/explain_pooling.py": "cli/test_explain.py",
    "cli/inspect/inspection.py": "cli/test_explain.py",
    "cli/inspect/number_tables.py": "cli/test_explain.py",
    "cli/inspect/page_option.py": "cli/test_page.py",
    "cli/inspect/walk_scenes.py": "cli/test_walk.py",
    "cli/inspect/window_tables.py": "cli/test_explain.py",
    "cli/kernel_arguments.py": "cli/test_convolve.py",
    "operations/morph.py": "cli/test_morph.py",
    "cli/window_files.py": "cli/test_morph.py",
    "cli/lazy.py": "cli/test_help.py",
    "cli/main.py": "cli/test_errors.py",
    "cli/messages.py": "cli/test_errors.py",
    "cli/net/backward_formulas.py": "cli/test_net_backward.py",
    "cli/net/backward_layers.py": "cli/test_net_backward.py",
    "cli/net/backward_losses.py": "cli/test_net_backward.py",
    "cli/net/backward_norms.py": "cli/test_net_backward.py",
    "cli/net/backward_page.py": "page/test_backward.py",
    "cli/net/backward_sums.py": "cli/test_net_backward.py",
    "cli/net/backward_values.py": "cli/test_net_backward.py",
    "cli/net/command.py": "cli/test_help.py",
    "cli/net/evaluate.py": "cli/test_net_predict.py",
    "cli/net/evaluate_run.py": "cli/test_net_predict.py",
    "cli/net/results_page.py": "page/test_results.py",
    "cli/net/summary.py": "cli/test_net_predict.py",
    "cli/net/summary_run.py": "cli/test_net_predict.py",
    "cli/numbers.py": "cli/test_convolve.py",
    "cli/option_types.py": "cli/test_errors.py",
    "cli/options.py": "cli/test_help.py",
    "cli/run_operation.py": "cli/test_batch.py",
    "cli/tables.py": "cli/test_shape.py",
    "core/edge_masks.py": "core/test_otsu.py",
    "core/edge_responses.py": "core/test_edges.py",
    "describe/edge_detection.py": "describe/test_operations.py",
    "describe/edge_methods.py": "describe/test_operations.py",
    "describe/formulas.py": "cli/test_shape.py",
    "describe/light.py": "operations/test_in_light.py",
    "describe/named_kernels.py": "describe/test_kernels.py",
    "describe/number_lines.py": "describe/test_number_text.py",
    "describe/number_table.py": "describe/test_number_text.py",
    "errors.py": "cli/test_errors.py",
    "files/walk_places.py": "files/test_walk.py",
    "files/codec_errors.py": "files/test_broken_files.py",
    "files/decode/arrays.py": "files/test_reading.py",
    "files/decode/decoders.py": "files/decode/test_tiff.py",
    "files/decode/bmp_header.py": "files/decode/test_bmp.py",
    "files/decode/cmyk.py": "files/test_reading.py",
    "files/decode/jpeg_coding.py": "files/encode/test_jpeg.py",
    "files/matrix/npz_matrices.py": "files/test_stacks.py",
    "files/decode/boxes.py": "files/decode/test_jpeg2000.py",
    "files/decode/jpeg2000_levels.py": "files/decode/test_jpeg2000.py",
    "files/decode/map_levels.py": "files/decode/test_pam.py",
    "files/decode/loading.py": "files/test_reading.py",
    "files/decode/memory.py": "files/test_pixels.py",
    "files/decode/storage.py": "files/test_reading.py",
    "files/decode/stored_frames.py": "files/decode/test_composing.py",
    "files/encode/avif.py": "files/decode/test_avif.py",
    "files/encode/png_rows.py": "files/encode/test_png.py",
    "files/exif.py": "files/test_orientation.py",
    "files/image.py": "files/test_reading.py",
    "files/pillow.py": "files/test_broken_files.py",
    "files/records.py": "files/test_broken_files.py",
    "files/streams.py": "files/test_broken_files.py",
    "nn/dense.py": "nn/test_layer.py",
    "nn/window_views.py": "nn/test_conv2d.py",
    "operations/apply.py": "cli/test_apply.py",
    "operations/apply_network.py": "cli/test_apply_network.py",
    "files/onnx_network.py": "cli/test_apply_network.py",
    "operations/around.py": "operations/test_in_parts.py",
    "operations/chain_reach.py": "operations/test_in_parts.py",
    "operations/base.py": "cli/test_convolve.py",
    "operations/convolve.py": "cli/test_convolve.py",
    "operations/edges.py": "cli/test_edges.py",
    "operations/grid.py": "cli/test_layout.py",
    "operations/inspect/emitted_run.py": "cli/test_emit.py",
    "operations/inspect/explanation.py": "cli/test_explain.py",
    "operations/inspect/mapping_words.py": "cli/test_explain.py",
    "operations/inspect/thumbnails.py": "cli/test_preview.py",
    "operations/map_names.py": "cli/test_apply.py",
    "operations/pad.py": "cli/test_pad.py",
    "operations/pool.py": "cli/test_pool.py",
    "operations/sheets.py": "cli/test_apply.py",
    "page/chain_maps.py": "page/test_chain.py",
    "page/chain_steps.py": "page/test_chain.py",
    "page/convolution.py": "page/test_operation.py",
    "page/edges.py": "page/test_operation.py",
    "page/chain_page.py": "page/test_chain.py",
    "page/graph.py": "page/test_shape.py",
    "page/graph_steps.py": "page/test_graph_chain.py",
    "page/kinds.py": "cli/test_page.py",
    "page/layer_run.py": "page/test_chain.py",
    "page/levels.py": "page/test_operation.py",
    "page/makers.py": "page/test_operation.py",
    "page/padding.py": "page/test_operation.py",
    "page/pooling.py": "page/test_operation.py",
    "page/steps.py": "page/test_operation.py",
    "terms.py": "describe/test_operations.py",
}
"""Modules that have no test file of their own name, and the one that covers them."""


def guesses(module: Path) -> list[Path]:
    """Where a reader looks for the tests of a module: by its name, or by that of the package it is a part of.

    core/levels.py       core/test_levels.py
    cli/shape/solve.py   cli/shape/test_solve.py, cli/test_shape_solve.py, cli/test_solve.py, or cli/test_shape.py
    """
    *folders, name = module.with_suffix("").parts
    found = [Path(*folders, f"test_{name}.py")]
    if len(folders) > 1:
        floor, *packages = folders
        subject = name.removesuffix("_run")
        found += [Path(floor, f"test_{'_'.join([*packages, subject])}.py"), Path(floor, f"test_{subject}.py")]
        found += [Path(floor, f"test_{package}.py") for package in packages]
    return found


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_a_reader_finds_the_tests_of_each_module(module: Path) -> None:
    if module.parts[:2] == ("core", "engine"):
        pytest.skip("the techniques are tested by what they compute, in tests/core")
    elsewhere = TESTED_ELSEWHERE.get(module.as_posix())
    if elsewhere is None:
        assert any((TESTS / guess).exists() for guess in guesses(module)), f"no tests of {module}"
    else:
        assert (TESTS / elsewhere).exists()
        assert not any((TESTS / guess).exists() for guess in guesses(module)), f"{module} has its own tests now"


def test_only_modules_that_are_there_are_said_to_be_tested_elsewhere() -> None:
    assert TESTED_ELSEWHERE.keys() <= {module.as_posix() for module in MODULES}
