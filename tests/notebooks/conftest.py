import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def lab():
    """An environment in which a stack of its own will run; whatever runs at the end is stopped."""
    with tempfile.TemporaryDirectory(prefix="eprlab-", ignore_cleanup_errors=True) as home:
        Path(home).chmod(0o755)  # PostgreSQL runs as another user if this one is root
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("EPR_")
        }
        environment |= {"EPRLAB_HOME": home, "EPRLAB_BACKEND": "embedded", "PYTEST_ADDOPTS": ""}
        try:
            yield environment
        finally:
            subprocess.run(
                [sys.executable, "-c", "from eprlab import stack; stack.down()"],
                env=environment,
                check=True,
            )
