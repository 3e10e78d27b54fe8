import pytest


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A lab folder of the test's own; wheels and release numbers go there."""
    monkeypatch.setenv("EPRLAB_HOME", str(tmp_path / "lab"))
    return tmp_path / "lab"
