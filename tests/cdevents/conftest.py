"""The official schemas and examples, for the tests that are collected only where these are."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from cdevents_documents import OFFICIAL, Official


@pytest.fixture(scope="session")
def official() -> Official:
    """Release 0.5.1."""
    return Official("0.5.1")


@pytest.fixture(scope="session")
def official_0_4_1() -> Official:
    return Official("0.4.1")


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    # Not a skip: without the official files there is nothing here to be tested, and the rest of
    # this folder tests the same rules on examples of its own.
    return (collection_path.name == "test_official.py" and not OFFICIAL.is_dir()) or None
