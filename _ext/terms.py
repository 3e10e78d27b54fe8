"""Leads from a term's first use in a session to the glossary.

A session names a term in bold where it first uses it. Where the glossary has it, the page makes it a link.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("doctree-read", link_terms)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


@cache
def terms(glossary: Path) -> dict[str, str]:
    """The glossary's terms as they are written there, by their lower-case form."""
    body = re.search(r":::\{glossary\}\n(.*?)\n:::", glossary.read_text(encoding="utf-8"), re.S)[1]
    return {line.lower(): line for line in re.findall(r"^\S.*$", body, re.MULTILINE)}


def link_terms(app: Sphinx, doctree: nodes.document) -> None:
    page = app.env.docname
    if not page.startswith("notebooks/"):
        return
    known = terms(Path(app.srcdir) / "book" / "glossary.md")
    linked = set()
    for bold in list(doctree.findall(nodes.strong)):
        word = bold.astext()
        term = known.get(word.lower())
        if term is None or term in linked:
            continue
        linked.add(term)
        reference = pending_xref(
            "",
            bold.deepcopy(),
            refdomain="std",
            reftype="term",
            reftarget=term,
            refexplicit=True,
            refwarn=True,
            refdoc=page,
        )
        bold.replace_self(reference)
