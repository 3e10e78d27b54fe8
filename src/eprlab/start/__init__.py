"""What notebook 00 asks of this machine, and of the person in front of it.

    from eprlab import start

    start.paths()              # what there is to take, and how long it takes
    start.choose("half-day")   # kept on this machine only
    start.tools()              # what is installed, what for, and what is lost without it
    start.versions()           # what was locked, what is installed, and where they differ
    start.ports()              # who has the ports that the lab would like to have

Modules: `facts` (reads `facts.yaml`, the one place for what may change), `paths`, `tools`, `versions`,
`ports`, `listing` (a table that reads well in a cell, a terminal and a page).

Imported by notebook 00 and the tests. Imports `eprlab.stack`, `eprlab.doctor`, `eprlab.progress`.
"""

from eprlab.start.paths import choose, paths
from eprlab.start.ports import ports
from eprlab.start.tools import tools
from eprlab.start.versions import versions

__all__ = ["choose", "paths", "ports", "tools", "versions"]
