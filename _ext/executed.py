"""Says on each notebook's page when its outputs were made, against which versions, in what time.

The record is in the notebook's metadata; `python -m eprlab.book refresh` writes it there.
"""

from __future__ import annotations

import json
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

from eprlab.book import record


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("doctree-read", say_when)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def say_when(app: Sphinx, doctree: nodes.document) -> None:
    """Puts the line below the title."""
    source = Path(app.env.doc2path(app.env.docname))
    if source.suffix != ".ipynb":
        return
    run = record.read(json.loads(source.read_text(encoding="utf-8"))["metadata"])
    title = next(iter(doctree.findall(nodes.title)), None)
    if run and title:
        line = nodes.paragraph("", str(run), classes=["plab-executed"])
        title.parent.insert(title.parent.index(title) + 1, line)
