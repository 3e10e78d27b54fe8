"""The picture of a lineage: a layered drawing that can be read without a script.

One job: turn an `epr_lineage.Lineage` into one notebook output that is the same in JupyterLab and
in the published page, by eye, by keyboard and by screen reader.

    >>> from eprlab.lineage_view import draw
    >>> draw(epr_lineage.read(client, name="tidetable"), title="tidetable")

Modules: `layout` (Graphviz' dot, in Python), `shapes` (a kind is a shape), `words` (what it says),
`text` (escaping), `svg` (the drawing and the legend), `table` (the same data), `figure` (all of it together), and the
style and script that every figure carries with it, `lineage.css` and `lineage.js`.

Imported by lessons and by the site; of our packages it imports `epr_lineage` only.
"""

from eprlab.lineage_view.figure import Figure, draw, standalone

__all__ = ["Figure", "draw", "standalone"]
