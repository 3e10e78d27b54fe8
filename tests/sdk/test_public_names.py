"""The package's surface: what is exported, documented, and alike in both clients."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import subprocess
import sys

import pytest

import epr
from epr import async_client, client, errors

MODULES = sorted(
    name
    for _, name, _ in pkgutil.walk_packages(epr.__path__, "epr.")
    if not name.endswith("__main__")
)


def test_exported_names_are_the_public_names():
    public = {
        name
        for name in dir(epr)
        if not name.startswith("_")
        and getattr(getattr(epr, name), "__module__", "").startswith("epr.")
    }
    assert set(epr.__all__) == public | {"errors"}
    assert epr.__all__ == sorted(
        epr.__all__, key=lambda n: (not n.isupper(), not n[0].isupper(), n)
    )


@pytest.mark.parametrize("module", MODULES)
def test_everything_public_has_a_docstring(module):
    source = inspect.getsource(importlib.import_module(module))
    tree = ast.parse(source)
    assert ast.get_docstring(tree), module
    missing = []

    def look(node: ast.AST, where: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                if child.name.startswith("_"):
                    continue
                if not ast.get_docstring(child):
                    missing.append(f"{where}.{child.name}")
                if isinstance(child, ast.ClassDef):
                    look(child, f"{where}.{child.name}")

    look(tree, module)
    assert missing == []


def test_every_exception_is_in_the_tree_of_the_docstring():
    classes = [
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and value.__module__ == errors.__name__
    ]
    assert [name for name in classes if name not in errors.__doc__] == []


@pytest.mark.parametrize(
    ("sync", "awaited"),
    [
        (client.Receivers, async_client.AsyncReceivers),
        (client.Events, async_client.AsyncEvents),
        (client.Groups, async_client.AsyncGroups),
        (client.Client, async_client.AsyncClient),
    ],
)
def test_both_clients_have_the_same_calls(sync, awaited):
    def calls(kind):
        names = {
            n for n, v in vars(kind).items() if inspect.isfunction(v) and not n.startswith("_")
        }
        return names - {"close", "aclose"}

    assert calls(sync) == calls(awaited)
    for name in calls(sync):
        one, other = (inspect.signature(getattr(kind, name)) for kind in (sync, awaited))
        assert one.parameters == other.parameters, name


def test_importing_the_package_prints_nothing_and_leaves_big_libraries_alone():
    program = "import sys, epr, epr.cli; assert not {'pandas', 'kafka'} & set(sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
