"""Rules that import-linter (pyproject.toml) cannot express: a pure core, and slow imports only where they are used."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import kubectl_refs

PACKAGE = Path(kubectl_refs.__file__).parent

PURE = {
    *(
        "__future__",
        "abc",
        "base64",
        "binascii",
        "bisect",
        "collections",
        "collections.abc",
        "copy",
        "dataclasses",
        "enum",
        "functools",
        "hashlib",
        "heapq",
    ),
    *("itertools", "json", "operator", "re", "shlex", "string", "textwrap", "types", "typing", "unicodedata"),
}
"""Modules of the standard library that the core may use: none that reads, writes, waits, or asks for place or time."""

IMPURE_BUILTINS = {"open", "print", "input", "exec", "eval", "__import__", "breakpoint"}


@dataclass(frozen=True)
class Import:
    """One imported module by its dotted name, and whether it is imported together with the importing module."""

    module: str
    at_module_level: bool


def name_of(path: Path) -> str:
    parts = ("kubectl_refs", *path.relative_to(PACKAGE).with_suffix("").parts)
    return ".".join(part for part in parts if part != "__init__")


MODULES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}
CORE = [name for name in MODULES if name == "kubectl_refs.core" or name.startswith("kubectl_refs.core.")]


def imports_of(tree: ast.Module) -> Iterator[Import]:
    """Every import of a module. Imports for type checkers or inside functions are not at module level."""

    def walk(node: ast.AST, level: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                yield from (Import(alias.name, level) for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                assert child.level == 0, "a relative import hides its target"
                assert child.module is not None
                yield Import(child.module, level)
                yield from (Import(f"{child.module}.{alias.name}", level) for alias in child.names)
            else:
                function = isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
                typing_only = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)
                yield from walk(child, level and not function and not typing_only)

    yield from walk(tree, True)


@functools.cache
def parsed(name: str) -> ast.Module:
    return ast.parse(MODULES[name].read_text(encoding="utf-8"))


@functools.cache
def imports(name: str) -> list[Import]:
    return list(imports_of(parsed(name)))


def within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def modules_of(name: str) -> set[str]:
    """The modules that a module imports; a name imported from a module only counts if it is a module itself."""
    statements = ast.walk(parsed(name))
    found: set[str] = set()
    for node in statements:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)} & {node.module, *MODULES}
    return found


def test_the_modules_are_found() -> None:
    assert "kubectl_refs.core.grants.grant" in CORE
    assert "kubectl_refs.process.errors" in MODULES
    assert "kubectl_refs.process.errors" not in CORE


def test_imports_are_told_apart_by_where_they_stand() -> None:
    source = """
import yaml
from kubernetes import client
if TYPE_CHECKING:
    import jmespath
def read():
    import os.path
    class Inner:
        from click import echo
class Outer:
    import tabulate
try:
    import ssl
except ImportError:
    pass
"""
    found = {each.module: each.at_module_level for each in imports_of(ast.parse(source))}
    assert found == {
        "yaml": True,
        "kubernetes": True,
        "kubernetes.client": True,
        "jmespath": False,
        "os.path": False,
        "click": False,
        "click.echo": False,
        "tabulate": True,
        "ssl": True,
    }


@pytest.mark.parametrize("name", CORE)
def test_the_core_imports_only_itself_and_pure_parts_of_the_standard_library(name: str) -> None:
    foreign = {module for module in modules_of(name) if not within(module, "kubectl_refs.core")}
    assert foreign <= PURE


@pytest.mark.parametrize("name", CORE)
def test_the_core_calls_nothing_that_reads_or_writes(name: str) -> None:
    called = {
        node.func.id
        for node in ast.walk(parsed(name))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    # Methods of records are generated from text, as in the standard library's dataclasses.
    made = {"exec"} if name == "kubectl_refs.core.records" else set()
    assert called & IMPURE_BUILTINS == made


def test_the_official_client_is_used_in_one_room() -> None:
    importers = {name for name in MODULES if any(within(each.module, "kubernetes") for each in imports(name))}
    assert all(within(name, "kubectl_refs.kube") for name in importers)


@pytest.mark.parametrize("name", MODULES)
def test_slow_packages_are_imported_where_they_are_used(name: str) -> None:
    slow = ("yaml", "kubernetes", "urllib3", "jmespath", "tabulate")
    early = [each.module for each in imports(name) if each.at_module_level and each.module.split(".")[0] in slow]
    assert early == []


def test_the_explanations_of_codes_are_imported_only_where_they_are_shown() -> None:
    explanations = "kubectl_refs.core.findings.explanations"
    importers = {name for name in MODULES if any(within(each.module, explanations) for each in imports(name))}
    assert {name for name in importers if not within(name, explanations)} == {
        "kubectl_refs.render.data.sarif",
        "kubectl_refs.render.explain",
    }
