"""The panels of the exercises, as HTML: a verdict, a hint, a solution, a note.

Each is one section with role `status`, so that a screen reader says it when it appears. Signs and words
carry the meaning; colour repeats it. Everything from outside goes through `escape`.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from eprlab.lineage_view.text import escape

if TYPE_CHECKING:
    from eprlab.exercises.verdict import Finding, Verdict


def verdict_panel(verdict: Verdict) -> str:
    """The panel of a verdict."""
    rows = [_finding(finding) for finding in verdict.findings]
    rows += [
        f'<li class="plab-x-unseen"><span aria-hidden="true">·</span> not looked at: {prose(step)}</li>'
        for step in verdict.unseen
    ]
    body = [f"<ul>{''.join(rows)}</ul>" if rows else ""]
    body += [
        f'<pre class="plab-x-note" tabindex="0">{escape(note)}</pre>' for note in verdict.notes
    ]
    if not verdict.passed and verdict.exercise.paragraph:
        body.append(f"<p>Read again: {_link(verdict.exercise.paragraph)}</p>")
    body.append(f"<p>{prose(verdict.next_step)}</p>")
    sign, _, rest = verdict.headline.partition(" ")
    head = (
        f'<b><span aria-hidden="true">{escape(sign)}</span> {escape(rest.partition(":")[0])}</b>:'
    )
    title = escape(verdict.exercise.title)
    return panel(f"{head} {title}", "".join(body), verdict.outcome.replace(" ", "-"))


def panel(head: str, body: str, kind: str = "note", label: str = "") -> str:
    """A panel around HTML that is safe already. `kind` is its class: passed, not-yet, …, note."""
    name = f' aria-label="{escape(label)}"' if label else ""
    return (
        f"<style>{style()}</style>"
        f'<section class="plab-x plab-x-{kind}" role="status"{name}>'
        f'<p class="plab-x-head">{head}</p>{body}</section>'
    )


def code(text: str) -> str:
    """Code as text, in a box that scrolls and can be reached by keyboard."""
    return f'<pre tabindex="0"><code>{escape(text)}</code></pre>'


def prose(text: str) -> str:
    """Escaped text in which `backticks`, and calls of ours such as hint("…"), become code."""
    marked = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
    return _CALL.sub(r"<code>\g<0></code>", marked)


_CALL = re.compile(r"\b(?:check|hint|solution|reset)\(&quot;[\w-]+&quot;(?:, anyway=True)?\)")


def anchor(heading: str) -> str:
    """The id that the site and jupyterlab-myst give to a heading."""
    return re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")


@cache
def style() -> str:
    """The style of all panels."""
    return (files("eprlab.exercises") / "panel.css").read_text(encoding="utf-8")


def _link(heading: str) -> str:
    return f'<a href="#{anchor(heading)}">{escape(heading)}</a>'


def _finding(finding: Finding) -> str:
    if finding.passed:
        said = f"<dl><dt>seen</dt><dd>{prose(finding.found)}</dd></dl>" if finding.found else ""
        return f'<li class="plab-x-yes"><span role="img" aria-label="right">✔</span> {prose(finding.step)}{said}</li>'
    rows = "".join(
        f"<dt>{label}</dt><dd>{prose(text)}</dd>"
        for label, text in (
            ("expected", finding.expected),
            ("found", finding.found),
            ("likely reason", finding.because),
        )
        if text
    )
    step = prose(finding.step)
    return f'<li class="plab-x-no"><span role="img" aria-label="not yet">✘</span> {step}<dl>{rows}</dl></li>'
