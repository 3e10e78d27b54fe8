import zipfile

import pytest

from eprlab import product


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("EPRLAB_HOME", str(tmp_path_factory.mktemp("lab")))
        return product.build("1.4.0").wheel


def rewritten(wheel, folder, edit):
    """A copy of the wheel whose {name: bytes} went through `edit`."""
    with zipfile.ZipFile(wheel) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    edit(contents)
    copy = folder / wheel.name
    with zipfile.ZipFile(copy, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return copy


def test_a_wheel_fresh_from_the_build_has_no_findings(wheel):
    seen = product.scan(wheel)
    assert seen.success
    assert seen.files >= 10
    assert any(line.startswith("knotlib") for line in seen.requires)


def late(contents):
    contents["tidetable/tide.py"] += b"BOAT_KNOTS = 3\n"


def smuggled(contents):
    contents["tidetable/extra.py"] = b"print('hello')\n"


def leaked(contents):
    contents["tidetable/tide.py"] += b"# postgres://harbour:secret@db/boats\n"


def native(contents):
    contents["tidetable/fast.so"] = b"\x7fELF"


def escaping(contents):
    contents["../outside.py"] = b""


def unlicensed(contents):
    name = next(name for name in contents if name.endswith("METADATA"))
    contents[name] = contents[name].replace(b"License-Expression", b"X-Was-Licence")


@pytest.mark.parametrize(
    ("edit", "rule", "where"),
    [
        (late, "recorded", "tidetable/tide.py"),
        (smuggled, "recorded", "tidetable/extra.py"),
        (leaked, "secrets", "tidetable/tide.py"),
        (native, "pure", "tidetable/fast.so"),
        (escaping, "paths", "../outside.py"),
        (unlicensed, "licence", "tidetable-1.4.0.dist-info/METADATA"),
    ],
)
def test_a_tampered_wheel_is_found_out(wheel, tmp_path, edit, rule, where):
    seen = product.scan(rewritten(wheel, tmp_path, edit))
    assert not seen.success
    assert (rule, where) in {(finding.rule, finding.where) for finding in seen.findings}


def test_what_is_no_wheel_is_refused_with_a_reason(tmp_path):
    text = tmp_path / "notes.whl"
    text.write_text("not a zip archive", encoding="utf-8")
    with pytest.raises(product.NotAWheel, match=r"notes\.whl is not a wheel"):
        product.scan(text)
