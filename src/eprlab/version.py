"""The course's version: it is part of a learner's unit, so a changed course has gates of its own."""

from importlib.metadata import PackageNotFoundError, version

try:
    VERSION = version("provenance-lab")
except PackageNotFoundError:  # run from a source tree that was not installed
    VERSION = "0.0.0"
