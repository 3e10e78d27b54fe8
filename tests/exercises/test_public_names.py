"""What the package lists is what it has, and everything says what it is for."""

import importlib
import pkgutil

import pytest

import eprlab.exercises
import eprlab.progress
from eprlab.exercises import errors as exercise_errors
from eprlab.progress import errors as progress_errors

MODULES = [
    name
    for package in (eprlab.exercises, eprlab.progress)
    for _, name, _ in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
]


def test_the_names_for_notebooks_are_listed_and_explained():
    names = eprlab.exercises.__all__
    assert names == sorted(names)
    for name in names:
        assert getattr(eprlab.exercises, name).__doc__, name
        assert f"{name}(" in eprlab.exercises.__doc__ or f"{name}." in eprlab.exercises.__doc__


@pytest.mark.parametrize("name", MODULES)
def test_every_module_begins_with_what_it_is_for(name):
    module = importlib.import_module(name)
    assert module.__doc__ and module.__doc__.strip()[0].isupper()


@pytest.mark.parametrize("module", [exercise_errors, progress_errors])
def test_the_picture_of_the_errors_shows_every_error(module):
    errors = [
        name
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, Exception)
    ]
    assert errors and all(name in module.__doc__ for name in errors)
