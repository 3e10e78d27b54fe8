import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))),
    None,
)
# Without a browser there is nothing to look with; the summary below says so.
collect_ignore = [] if CHROMIUM else ["test_browser.py"]


def pytest_terminal_summary(terminalreporter):
    if not CHROMIUM:
        terminalreporter.write_line(
            "No Chromium on the PATH: the pages were not looked at in a browser (tests/site)."
        )


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
