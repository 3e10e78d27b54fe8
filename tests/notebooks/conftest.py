import pytest

from tests.notebooks import journeys


@pytest.fixture(scope="session")
def journey(tmp_path_factory):
    """A function: the journey of a notebook. All of them begin when the first is asked for."""
    under_way = journeys.begin(tmp_path_factory.mktemp("journeys"))
    return lambda notebook: under_way[notebook].result()
