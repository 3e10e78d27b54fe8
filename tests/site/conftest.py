import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The site, built once with warnings as errors; its folder."""
    output = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [Path(sys.executable).with_name("jupyter-book"), "build", "--all", "--warningiserror",
         "--keep-going", "--path-output", output, ROOT],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return output / "_build" / "html"
