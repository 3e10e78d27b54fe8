"""The page about explorer and views: its examples are run, and its explorer is the one made here."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

from eprlab import lineage_view, views
from eprlab.lineage_view.example import PAGE, example

ROOT = Path(__file__).parents[2]
TEXT = ROOT / "book" / "live-views.md"


@pytest.fixture
def addresses(start_registry, monkeypatch):
    """A registry where nothing has happened yet, in the environment."""
    registry = start_registry()
    monkeypatch.setenv("EPR_URL", registry.url)
    monkeypatch.setenv("EPR_BROKERS", registry.brokers)
    monkeypatch.setenv("EPR_TOPIC", registry.topic)


def test_every_example_on_the_page_is_true(addresses):
    ran = doctest.testfile(
        str(TEXT), module_relative=False, optionflags=doctest.ELLIPSIS | doctest.REPORT_NDIFF
    )
    assert views.stop_all() == 0
    assert ran.attempted > 30
    assert ran.failed == 0


def test_every_public_name_is_on_the_page():
    text = TEXT.read_text("utf-8") + views.__doc__ + lineage_view.__doc__
    names = [*views.__all__, *lineage_view.__all__]
    left_out = {"BadAnswer", "Difference", "Explorer", "Figure", "Journey", "Mark", "ViewError"}
    assert [name for name in names if name not in text and name not in left_out] == []


def test_the_explorer_on_the_page_is_the_one_that_the_code_makes():
    made = example()._repr_html_() + "\n"
    kept = (ROOT / PAGE).read_text("utf-8")
    assert kept == made, "run `python -m eprlab.lineage_view.example`"
