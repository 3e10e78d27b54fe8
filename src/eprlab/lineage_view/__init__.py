"""The picture of a lineage: a layered drawing that can be read without a script.

One job: turn an `epr_lineage.Lineage` into one notebook output that is the same in JupyterLab and
in the published page, by eye, by keyboard and by screen reader.

    >>> from eprlab.lineage_view import draw, explore, compare
    >>> draw(epr_lineage.read(client, name="tidetable"), title="tidetable")      # to look at
    >>> explore(lineage, "tidetable", records=client.events.find(name="tidetable"))  # to move in
    >>> compare(lineage_of_1_4, lineage_of_1_5)                             # what changed

Modules of the drawing: `layout` (Graphviz' dot, in Python) and `columns` (the same for thousands of
nodes), `shapes` (a kind is a shape), `words` (what it says), `text` (escaping), `svg` (the drawing
and the legend), `table` (the same data), `figure` (all of it together); `lineage.css`, `lineage.js`.

Modules of the explorer: `difference` (two lineages as one), `boards` (gates and their receivers),
`document` (all that the script gets), `explorer` (the output), `widget` (the same, telling Python what
is chosen); `explorer.css`, and the script in `script/`: `graph.js` (questions), `canvas.js` (the drawing),
`panels.js` (tools, drawer, tables), `exports.js` (files), `explorer.js` (puts them together).

Imported by lessons and by the site; of our packages it imports `epr` and `epr_lineage` only.
"""

from eprlab.lineage_view.difference import Difference, Mark, difference
from eprlab.lineage_view.explorer import Explorer, compare, explore
from eprlab.lineage_view.figure import Figure, draw, standalone

__all__ = [
    "Difference",
    "Explorer",
    "Figure",
    "Mark",
    "compare",
    "difference",
    "draw",
    "explore",
    "standalone",
]
