"""Every command that a reader is shown is run by a test, or says why not."""

import os
import subprocess
from pathlib import Path

import pytest

from eprlab.exercises import lint, shown

ROOT = Path(__file__).resolve().parents[2]
RUN = [command for command, voucher in shown.vouchers(ROOT).items() if voucher.run]


def test_something_vouches_for_every_command():
    assert [str(problem) for problem in lint.commands(ROOT)] == []


@pytest.mark.parametrize("command", RUN)
def test_a_command_runs_as_it_is_shown(command, tmp_path):
    environment = {**os.environ, "EPRLAB_HOME": str(tmp_path)}
    environment["PATH"] = f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command, shell=True, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip()


def test_commands_are_found_in_fences_and_in_spans_and_stripped_to_what_matters():
    text = (
        '```sh\nmake lab  # a remark\n$ eval "$(.venv/bin/eprlab env)"\nexport A=1\n```\n'
        "Then `EPRLAB_HOME=/disk/lab .venv/bin/eprlab up`, not `check(…)` nor `eprlab`.\n"
        "```python\nmake = 1\n```\n"
    )
    assert list(shown._commands(text)) == ["make lab", "eprlab env", "eprlab up"]
