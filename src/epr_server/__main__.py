"""``python -m epr_server``: reads the settings and serves until it is told to stop."""

from __future__ import annotations

import sys

from epr_server import logs
from epr_server.errors import SettingsError
from epr_server.server import serve
from epr_server.settings import read_settings


def main() -> int:
    """The exit status: 0 after a clean stop, 2 for wrong settings, 3 if it cannot start."""
    try:
        settings = read_settings(sys.argv[1:])
    except SettingsError as error:
        print(f"epr_server: {error.message}", file=sys.stderr)
        return 2
    logs.configure(as_json=settings.json_logging, debug=settings.debug)
    return serve(settings)


if __name__ == "__main__":
    sys.exit(main())
