"""`python -m tidetable --port 8090`: serve until told to stop."""

from __future__ import annotations

import argparse

import uvicorn

from tidetable.service import app


def main() -> None:
    parser = argparse.ArgumentParser(prog="tidetable")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8090)
    given = parser.parse_args()
    uvicorn.run(app, host=given.host, port=given.port, log_level="warning")


if __name__ == "__main__":
    main()
