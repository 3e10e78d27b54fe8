import zipfile

import pytest
from packaging.utils import parse_wheel_filename

from eprlab import product
from eprlab.product import source
from eprlab.product.changes import Change


def test_a_build_makes_a_wheel_that_its_digest_and_purl_identify(home):
    built = product.build("1.4.0")

    assert built.wheel.parent == home / "wheels"
    name, version, _, tags = parse_wheel_filename(built.wheel.name)
    assert (name, str(version), {str(tag) for tag in tags}) == (
        "tidetable",
        "1.4.0",
        {built.platform_id},
    )
    assert built.purl == "pkg:pypi/tidetable@1.4.0"
    assert built.sha256 == product.sha256(built.wheel)
    assert built.size == built.wheel.stat().st_size
    with zipfile.ZipFile(built.wheel) as archive:
        assert b'VERSION = "1.4.0"' in archive.read("tidetable/version.py")
        assert "tidetable/sailings.yaml" in archive.namelist()


def test_two_builds_of_one_source_are_equal_byte_for_byte():
    assert product.build("1.4.0").sha256 == product.build("1.4.0").sha256


def test_another_source_is_another_artifact_even_under_the_same_version():
    assert (
        product.build("1.4.0").sha256 != product.build("1.4.0", product.LAST_BOAT_FORGOTTEN).sha256
    )


def test_a_build_leaves_the_source_as_it_was():
    shelf = source.shelf()
    before = {path: path.read_bytes() for path in shelf.rglob("*.py")}
    product.build("9.9.9", product.LAST_BOAT_FORGOTTEN)
    assert {path: path.read_bytes() for path in shelf.rglob("*.py")} == before
    assert not list(shelf.rglob("*.egg-info"))


@pytest.mark.parametrize(("version", "shown"), [("0.3.1", "01:10"), ("0.3.2", "00:10")])
def test_knotlib_before_0_3_2_is_an_hour_late_past_midnight(version, shown, monkeypatch):
    import subprocess
    import sys

    wheel = product.build(version, project="knotlib").wheel
    said = subprocess.run(
        [sys.executable, "-c", "import knotlib; print(knotlib.VERSION, knotlib.clock(1450))"],
        env={"PYTHONPATH": str(wheel)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.split() == [version, shown]


def test_a_backend_that_refuses_is_quoted():
    broken = Change("no-name", "pyproject.toml", 'name = "tidetable"', 'name = "tide table!"')
    with pytest.raises(
        product.BuildFailed, match=r"(?s)building tidetable 1\.4\.0 failed.*project\.name"
    ):
        product.build("1.4.0", broken)


def test_a_change_that_no_longer_fits_says_where():
    stale = Change("stale", "src/tidetable/tide.py", "BOAT_KNOTS = 12.0", "BOAT_KNOTS = 13.0")
    with pytest.raises(
        product.ChangeDoesNotFit, match=r"'stale'.*0 times in src/tidetable/tide\.py"
    ):
        product.build("1.4.0", stale)
