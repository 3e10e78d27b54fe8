"""Keeps the built site free of any off-site script, style or font, and repairs its HTML a little.

Jupyter Book 1 loads a thebe script from a public host on each page, and its theme carries a 1.5 MB
icon script of which a page uses some twenty icons. Both are mended here. What a reader on a train
or behind a company's proxy would miss makes the build warn, and warnings fail the build.
"""

from __future__ import annotations

import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

log = logging.getLogger(__name__)

OFF_SITE = re.compile(
    r"""<(?:script|link|img|iframe|source|video|object|embed)\b[^>]*?\b(?:src|href|data)=["']?(?:https?:)?//[^>]*>"""
    r"""|(?:\bimport|\bfrom)\s*\(?\s*["'](?:https?:)?//[^"']+"""
    r"""|@import\s+(?:url\()?["']?(?:https?:)?//[^"')]+|url\(["']?(?:https?:)?//[^"')]+""",
    re.IGNORECASE,
)
"""What makes a browser fetch something from another host without being asked to. A link does not."""

DESCRIPTION = (
    "A hands-on course on event-driven CI/CD and provenance: a real registry, a real broker, "
    "and a lineage graph that can answer for a release."
)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-page-context", drop_thebe_scripts, priority=900)
    app.connect("doctree-resolved", drop_thebe_nodes, priority=900)
    app.connect("build-finished", tidy, priority=800)
    app.connect("build-finished", report_off_site, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def drop_thebe_scripts(app, pagename, template, context, doctree) -> None:
    """thebe would run cells on a public service; this course runs them on the reader's machine."""

    def is_thebe(item) -> bool:
        body = (getattr(item, "attributes", None) or {}).get("body") or ""
        return "THEBE_JS_URL" in body or "sphinx-thebe" in str(getattr(item, "filename", item))

    for kind in ("script_files", "css_files"):
        if kind in context:
            context[kind][:] = [item for item in context[kind] if not is_thebe(item)]


def drop_thebe_nodes(app, doctree, docname) -> None:
    for raw in list(doctree.findall(nodes.raw)):
        text = raw.astext()
        if "text/x-thebe-config" in text or text.strip().startswith("<script>kernelName"):
            raw.parent.remove(raw)


def tidy(app: Sphinx, failed: Exception | None) -> None:
    if failed or app.builder.format != "html":
        return
    site = Path(app.outdir)
    pages = sorted(site.rglob("*.html"))
    for page in pages:
        before = page.read_text(encoding="utf-8")
        after = accessible(before)
        if after != before:
            page.write_text(after, encoding="utf-8")
    patch_scripts(site)
    shrink_icons(site, "".join(page.read_text(encoding="utf-8") for page in pages))
    for source_map in site.rglob("*.map"):
        source_map.unlink()


def accessible(page: str) -> str:
    """Repairs what an accessibility checker finds in the theme's and in pandas' HTML."""
    # pandas and Markdown leave the corner of a table as an empty heading.
    page = re.sub(r"<th([^>]*)>(?:\s|&nbsp;|<p>\s*</p>)*</th>", r"<td\1></td>", page)
    page = page.replace(
        '<div class="sidebar-primary-items__start sidebar-primary__section">',
        '<div class="sidebar-primary-items__start sidebar-primary__section" role="region" '
        'aria-label="Book title and contents">',
        1,
    )
    # The theme repeats the title for print, as a second first heading that is hidden elsewhere.
    page = re.sub(
        r'(<div id="jb-print-docs-body"[^>]*>\s*)<h1>(.*?)</h1>',
        r'\1<p class="h1" aria-hidden="true">\2</p>',
        page,
        flags=re.DOTALL,
    )
    # Buttons whose label differs from the text in them cannot be called by that text.
    page = re.sub(
        r'(<button class="[^"]*search-button-field[^>]*?) aria-label="[^"]*"', r"\1", page
    )
    page = re.sub(
        r'(<button class="[^"]*theme-switch-button[^>]*?) aria-label="[^"]*"', r"\1", page
    )
    if '<meta name="description"' not in page:
        page = page.replace(
            "<head>", f'<head>\n    <meta name="description" content="{DESCRIPTION}">', 1
        )
    return page


PATCHES = {
    # A result's summary is fetched from its page, which a browser refuses for pages opened as files.
    "documentation_options.js": (
        "SHOW_SEARCH_SUMMARY: true",
        'SHOW_SEARCH_SUMMARY: location.protocol !== "file:"',
    ),
    # What was searched for is marked on its page; in a drawing's title or description that fails.
    "sphinx_highlight.js": ('"button, select, textarea"', '"button, select, textarea, svg"'),
}
"""What is mended in Sphinx's own scripts: the text, and what stands there instead."""


def patch_scripts(site: Path) -> None:
    """Mends Sphinx's scripts, and warns if they are no longer as they were."""
    for name, (before, after) in PATCHES.items():
        script = site / "_static" / name
        text = script.read_text(encoding="utf-8")
        if before not in text and after not in text:
            log.warning(
                "%s no longer says %r: is the mending in offline.py still needed?", name, before
            )
        script.write_text(text.replace(before, after), encoding="utf-8")


ICON = re.compile(
    r"""("?)([\w-]+)\1:(\[\d+,\d+,\[[^\]]*\],"[0-9a-f]*",(?:"[^"]*"|\["[^"]*","[^"]*"\])\])"""
)


def shrink_icons(site: Path, pages: str) -> None:
    """Leaves only those icons in the theme's script that a page or the theme's own code names."""
    scripts = [path for path in site.glob("_static/**/*.js") if "fontawesome" not in path.name]
    named = pages + "".join(path.read_text(encoding="utf-8", errors="replace") for path in scripts)
    used = set(re.findall(r"\bfa-([a-z0-9-]+)", named))
    for script in site.glob("_static/scripts/fontawesome.js"):
        full = script.read_text(encoding="utf-8")

        def keep(icon: re.Match[str]) -> str:
            aliases = re.findall(r'"([^"]+)"', icon[3].partition("]")[0])
            return icon[0] if used & {icon[2], *aliases} else ""

        small = re.sub(r",{2,}", ",", ICON.sub(keep, full)).replace("{,", "{").replace(",}", "}")
        script.write_text(small, encoding="utf-8")
        log.info("icons: %d KB, were %d KB", len(small) // 1024, len(full) // 1024)


def report_off_site(app: Sphinx, failed: Exception | None) -> None:
    if failed or app.builder.format != "html":
        return
    site, found = Path(app.outdir), 0
    for path in sorted([*site.rglob("*.html"), *site.rglob("*.css")]):
        for reference in OFF_SITE.finditer(path.read_text(encoding="utf-8", errors="replace")):
            if 'rel="canonical"' not in reference[0]:
                found += 1
                log.warning(
                    "off-site reference in %s: %s", path.relative_to(site), reference[0][:160]
                )
    log.info("offline check: %d off-site references", found)
