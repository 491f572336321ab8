"""What others may rely on: the public names, what an import costs, and which way imports run."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

import notehead

PUBLIC = {
    "VOCABULARY",
    "BuildOptions",
    "BuildResult",
    "ConvertOptions",
    "Dataset",
    "NoteheadError",
    "Origin",
    "OverlayOptions",
    "Page",
    "Pitch",
    "Symbol",
    "SymbolClass",
    "Symbols",
    "__version__",
    "build",
    "convert",
    "overlay",
    "read",
}
ROOT = Path(notehead.__file__).parent


# Names.


def test_the_public_names_are_these() -> None:
    """A name more is a promise, a name less breaks one: both are meant, never an accident."""
    assert set(notehead.__all__) == PUBLIC
    assert len(notehead.__all__) == len(PUBLIC)
    assert all(hasattr(notehead, name) for name in PUBLIC)


def test_the_overview_names_only_what_is_public() -> None:
    text = notehead.__doc__ or ""
    named = {re.match(r"\w+", code).group() for code in re.findall(r"`([A-Za-z].*?)`", text)}  # type: ignore[union-attr]
    assert named <= PUBLIC
    assert named >= {"build", "Dataset", "Page", "Symbols", "VOCABULARY", "overlay", "NoteheadError"}


@pytest.mark.parametrize("name", sorted(PUBLIC - {"__version__", "VOCABULARY"}))
def test_each_public_name_is_explained(name: str) -> None:
    found = getattr(notehead, name)
    text = found.__doc__
    assert text, name
    assert not text.startswith(f"{name}("), "not what dataclasses write by themselves"
    if inspect.isclass(found):
        members = {
            key: member
            for key, member in vars(found).items()
            if not key.startswith("_") and (inspect.isfunction(member) or isinstance(member, property))
        }
        assert [key for key, member in members.items() if not member.__doc__] == []


def test_the_version_is_that_of_the_package() -> None:
    assert notehead.__version__ == version("notehead")


def modules() -> list[str]:
    return [name for _, name, _ in pkgutil.walk_packages([str(ROOT)], "notehead.")]


@pytest.mark.parametrize("name", modules())
def test_each_module_says_what_it_is_and_exports_what_it_has(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__
    exported = getattr(module, "__all__", [])
    assert [word for word in exported if not hasattr(module, word)] == []


# What an import costs.

_LOADED = "import notehead, sys; print(*sys.modules)"
_LOADED_BY_COMMANDS = "import notehead.cli, sys; print(*sys.modules)"


@pytest.mark.parametrize("program", [_LOADED, _LOADED_BY_COMMANDS])
def test_an_import_loads_nothing_heavy(program: str) -> None:
    """pyplot would open windows, music21 takes seconds; pandas and scipy are nobody's business here.

    numba looks at scipy's version where it is installed, and loads nothing of it.
    """
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "notehead.page" in loaded
    heavy = {"matplotlib.pyplot", "music21", "pandas", "scipy.sparse", "scipy.linalg", "torch", "tkinter"}
    heavy |= {"pytest", "loky", "pyarrow", "datasets"}
    assert heavy & loaded == set()
    assert done.stderr == ""


# Which way imports run.

LEVELS = (
    {"__main__"},
    {"cli"},
    {"builder", "models", "collection"},
    {"evaluate", "degrade", "compose", "reading"},
    {"transcribe"},
    {"datasets", "draw", "detect", "engrave"},
    {"page", "images", "runners", "stores"},
    {"vocabulary", "sandbox", "files", "pool"},
    {"errors", "parent", "progress", "version"},
)
LEVEL_OF = {part: level for level, parts in enumerate(LEVELS) for part in parts}


class WithoutTypes(ast.NodeTransformer):
    """Takes out what only a type checker imports."""

    def visit_If(self, node: ast.If) -> ast.AST | None:
        return None if ast.unparse(node.test) == "TYPE_CHECKING" else self.generic_visit(node)


def imports(path: Path, *, types: bool = True) -> Iterator[str]:
    """All modules of ours that a file imports, at its head or anywhere inside."""
    own = ".".join(("notehead", *path.relative_to(ROOT).with_suffix("").parts))
    tree: ast.AST = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree if types else WithoutTypes().visit(tree)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "notehead")
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{own}: a relative import"
            if node.module and node.module.split(".")[0] == "notehead":
                for alias in node.names:
                    yield f"{node.module}.{alias.name}"


def part_of(module: str) -> str:
    """The folder or file directly in the package."""
    return module.split(".")[1] if "." in module else ""


def edges() -> dict[str, set[str]]:
    """By folder (or file) in the package: the others that it imports."""
    found: dict[str, set[str]] = {}
    for path in ROOT.rglob("*.py"):
        if path == ROOT / "__init__.py":
            continue
        part = path.relative_to(ROOT).parts[0].removesuffix(".py")
        found.setdefault(part, set()).update(part_of(name) for name in imports(path))
    return {part: others - {part} for part, others in found.items()}


def test_every_part_has_its_level() -> None:
    assert set(edges()) == set(LEVEL_OF)


def test_imports_run_downhill() -> None:
    uphill = {
        f"{part} imports {other}"
        for part, others in edges().items()
        for other in others
        if LEVEL_OF[other] < LEVEL_OF[part]
    }
    assert uphill == set()


def test_parts_do_not_import_each_other_in_circles() -> None:
    """Not even on one level: what imports something is never imported by it, however far round."""
    left = edges()
    while free := [part for part, others in left.items() if not others & set(left)]:
        for part in free:
            del left[part]
    assert left == {}


def test_datasets_know_nothing_of_engraving() -> None:
    assert edges()["datasets"] & {"engrave", "draw", "builder", "sandbox"} == set()


def test_only_the_overview_imports_from_the_top() -> None:
    """A part that takes a name from `notehead` itself would import everything."""
    guilty = [path for path in ROOT.rglob("*.py") for name in imports(path) if name == "notehead"]
    assert guilty == []
    tops = [
        (path.name, name)
        for path in ROOT.rglob("*.py")
        for name in imports(path)
        if part_of(name) not in LEVEL_OF
    ]
    assert tops == []


def test_modules_do_not_import_each_other_in_circles() -> None:
    """File by file: every module can be imported first."""
    names = {name: set[str]() for name in modules()}
    for path in ROOT.rglob("*.py"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        own = ".".join(("notehead", *(part for part in parts if part != "__init__")))
        for name in imports(path, types=False):
            target = name if name in names else name.rpartition(".")[0]
            if own in names and target in names and target != own:
                names[own].add(target)
    while free := [name for name, others in names.items() if not others & set(names)]:
        for name in free:
            del names[name]
    assert names == {}
