"""When does the next boat leave? The service of a small ferry line.

Modules: `timetable` (which boat is next), `tide` (how fast it gets there), `service` (the HTTP
answer), `version` (the one place that says which version this is).
"""

from tidetable.version import VERSION

__all__ = ["VERSION"]
