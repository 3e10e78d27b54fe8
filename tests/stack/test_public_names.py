"""The package shows what it means to show, and every part of it says what it is."""

from __future__ import annotations

import inspect
import re
import types
from pathlib import Path

import pytest

from eprlab import stack
from eprlab.stack import errors


def test_the_listed_names_and_the_public_names_are_the_same() -> None:
    public = {
        name
        for name, value in vars(stack).items()
        if not name.startswith("_") and not isinstance(value, types.ModuleType)
    }

    assert public | {"errors"} == set(stack.__all__)
    assert stack.__all__ == sorted(stack.__all__)


@pytest.mark.parametrize("name", stack.__all__)
def test_every_public_name_says_what_it_is(name: str) -> None:
    assert inspect.getdoc(getattr(stack, name))


def test_the_picture_of_the_errors_shows_every_error() -> None:
    classes = {
        name
        for name, value in vars(errors).items()
        if inspect.isclass(value) and issubclass(value, errors.StackError)
    }

    assert set(re.findall(r"[├└]── (\w+)", str(errors.__doc__))) | {"StackError"} == classes


def test_every_module_begins_with_what_it_is_for() -> None:
    for module in Path(str(stack.__file__)).parent.rglob("*.py"):
        assert module.read_text().startswith('"""'), module
