"""The direction of imports and the size of files, read from the source itself.

    rag <- index <- app <- (app's eval command) eval

Every rule is a test of its own; each finding names file and line.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# A package, and what of ours it may import besides itself. A new package is one more line.
MAY_IMPORT: dict[str, set[str]] = {
    "rag": set(),
    "index": {"rag"},
    "app": {"rag", "index"},
    "eval": {"rag", "index", "app.wiring", "app.settings"},
}
# A library, and the places that may import it: a file, or a folder with all that is in it.
PLACES: dict[str, tuple[str, ...]] = {
    "faiss": ("index/",),
    "sqlite3": ("index/",),
    "torch": ("rag/encoder.py", "rag/onnx_module.py", "rag/weights/", "eval/turn.py"),
    "sentence_transformers": ("rag/encoder.py", "rag/onnx_module.py", "rag/weights/"),
    "transformers": ("rag/encoder.py", "rag/onnx_module.py", "rag/weights/"),
    "onnx": ("rag/encoder.py", "rag/onnx_module.py", "rag/weights/"),
    "onnxruntime": ("rag/encoder.py", "rag/onnx_module.py", "rag/weights/"),
    "onnxscript": ("rag/encoder.py", "rag/onnx_module.py", "rag/weights/"),
    "fastapi": ("app/",),
    "uvicorn": ("app/",),
    "mcp": ("app/mcp_server.py",),
    "gradio": ("app/page.py",),
}
MAY_PRINT = ("app/cli.py",)
LONGEST_FILE = 300  # lines
# Seconds together; `planqa --help` must not wait for them.
SLOW = {"torch", "gradio", "pandas", "fastapi", "mcp", "limits", "prometheus_client"}


@dataclass(frozen=True)
class Import:
    """`from index.store import Store` in app/wiring.py: two modules, index.store and index.store.Store."""

    file: str
    line: int
    modules: tuple[str, ...]
    inside: tuple[str, ...]  # names of the functions, or of the TYPE_CHECKING, around it

    def takes(self, module: str) -> bool:
        """True if what is imported is the module or lies in it."""
        return any(name == module or name.startswith(module + ".") for name in self.modules)


def files(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


@lru_cache(maxsize=1)
def sources() -> dict[str, ast.Module]:
    """Every source file of ours, as "rag/text.py", and its syntax tree."""
    return {
        file.relative_to(ROOT).as_posix(): ast.parse(file.read_text("utf-8"), file.as_posix())
        for package in MAY_IMPORT
        for file in files(package)
    }


def imports(tree: ast.Module, file: str) -> Iterator[Import]:
    """All imports of a file, those inside functions and under TYPE_CHECKING included."""

    def walk(node: ast.AST, inside: tuple[str, ...]) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                yield Import(file, child.lineno, tuple(alias.name for alias in child.names), inside)
            elif isinstance(child, ast.ImportFrom):
                package = file.split("/")[:-1]
                above = package[: len(package) + 1 - child.level] if child.level else []
                module = ".".join([*above, *([child.module] if child.module else [])])
                yield Import(file, child.lineno, tuple(f"{module}.{alias.name}" for alias in child.names), inside)
            elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                yield from walk(child, (*inside, child.name))
            elif isinstance(child, ast.If) and isinstance(child.test, ast.Name) and child.test.id == "TYPE_CHECKING":
                yield from walk(child, (*inside, child.test.id))
            else:
                yield from walk(child, inside)

    return walk(tree, ())


def all_imports() -> list[Import]:
    return [found for file, tree in sources().items() for found in imports(tree, file)]


def within(file: str, places: tuple[str, ...]) -> bool:
    return any(file == place or (place.endswith("/") and file.startswith(place)) for place in places)


def report(rule: str, found: list[tuple[str, int, str]]) -> str:
    """The failure message: the rule, and each place that breaks it."""
    return "\n".join([rule, *(f"  {file}:{line}: {what}" for file, line, what in found)])


def breaches(is_breach: Callable[[Import], bool]) -> list[tuple[str, int, str]]:
    return [
        (found.file, found.line, "imports " + ", ".join(found.modules)) for found in all_imports() if is_breach(found)
    ]


def in_eval_command(found: Import) -> bool:
    """True where the command line loads the evaluation: only when it is asked for."""
    return found.file == "app/evaluate.py" and bool(found.inside)


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_package_imports_only_what_lies_below_it(package):
    def is_breach(found: Import) -> bool:
        if not found.file.startswith(package + "/"):
            return False
        if package == "app" and found.takes("eval") and in_eval_command(found):
            return False
        # Of `import a, b` every module counts by itself.
        ours = [name for name in found.modules if name.split(".")[0] in MAY_IMPORT]
        allowed = {package, *MAY_IMPORT[package]}
        return any(not any(name == top or name.startswith(top + ".") for top in allowed) for name in ours)

    found = breaches(is_breach)
    below = ", ".join(sorted(MAY_IMPORT[package])) or "nothing"
    assert not found, report(f"{package} may import {below} of ours:", found)


def test_nobody_imports_the_tests():
    found = breaches(lambda found: found.takes("tests"))
    assert not found, report("The packages must work without the tests:", found)


@pytest.mark.parametrize("library", PLACES)
def test_library_is_imported_only_in_its_place(library):
    found = breaches(lambda found: found.takes(library) and not within(found.file, PLACES[library]))
    assert not found, report(f"{library} may be imported only in {', '.join(PLACES[library])}:", found)


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_no_file_is_too_long_to_read_at_once(package):
    found = [
        (file.relative_to(ROOT).as_posix(), lines, f"{lines} lines")
        for file in files(package)
        if (lines := len(file.read_text("utf-8").splitlines())) > LONGEST_FILE
    ]
    assert not found, report(f"A file has at most {LONGEST_FILE} lines:", found)


def test_only_the_command_line_prints():
    found = [
        (file, node.lineno, "calls print")
        for file, tree in sources().items()
        if file not in MAY_PRINT
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert not found, report(f"Only {', '.join(MAY_PRINT)} prints; elsewhere log or raise:", found)


def test_command_line_starts_without_the_slow_libraries():
    code = f"import app.cli, sys; sys.stdout.write(' '.join(sorted({SLOW!r} & set(sys.modules))))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert not done.stdout, f"`import app.cli` loads {done.stdout}; import them inside the commands that need them."


def test_rules_name_what_exists():
    """A package on disk is under the rules, and a rule's place is not a misspelt one."""
    on_disk = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert on_disk == set(MAY_IMPORT)
    places = {place for places in PLACES.values() for place in places} | set(MAY_PRINT)
    gone = sorted(place for place in places if not (ROOT / place).exists())
    assert not gone, f"The rules name places that do not exist: {', '.join(gone)}"


def test_reader_of_imports_sees_every_form():
    source = (
        "import faiss.contrib as f, json\n"
        "from . import store\n"
        "from ..rag import text\n"
        "def eval_command():\n"
        "    if True:\n"
        "        from eval.run import main\n"
    )
    found = list(imports(ast.parse(source), "index/deep/file.py"))
    assert [(item.line, item.modules, item.inside) for item in found] == [
        (1, ("faiss.contrib", "json"), ()),
        (2, ("index.deep.store",), ()),
        (3, ("index.rag.text",), ()),
        (6, ("eval.run.main",), ("eval_command",)),
    ]
    assert found[0].takes("faiss")
    assert not found[0].takes("fai")
