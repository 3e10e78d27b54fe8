"""What the pages say about the software is what the software says."""

import ast
import re
from pathlib import Path

import nbformat
import pytest

from eprlab.book import pictures

ROOT = Path(__file__).resolve().parents[2]
SETUP = (ROOT / "book" / "setup.md").read_text(encoding="utf-8")
GLOSSARY = (ROOT / "book" / "glossary.md").read_text(encoding="utf-8")
MESSAGES = re.findall(r"^`([^`]+)`$", SETUP, re.MULTILINE)


def texts(node):
    """Every text in a piece of Python; what is filled in later reads …"""
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value
        elif isinstance(part, ast.JoinedStr):
            yield "".join(
                value.value if isinstance(value, ast.Constant) else "…" for value in part.values
            )


@pytest.fixture(scope="module")
def said():
    """All that our programs can say."""
    everything = [
        text
        for path in (ROOT / "src").rglob("*.py")
        for text in texts(ast.parse(path.read_text(encoding="utf-8")))
    ]
    setup = (ROOT / "environment" / "setup.sh").read_text(encoding="utf-8")
    everything.append(re.sub(r"\$\([^)]*\)|\$\w+", "…", setup))
    return [re.sub(r"\s+", " ", text) for text in everything]


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_that_the_page_explains_is_one_that_we_give(message, said):
    wanted = re.compile(".*?".join(re.escape(part.strip()) for part in message.split("…")))
    assert any(wanted.search(text) for text in said), message


def test_the_page_explains_enough_messages():
    assert len(MESSAGES) >= 15
    assert len(MESSAGES) == len(set(MESSAGES))


def test_every_term_in_bold_in_a_session_is_in_the_glossary():
    terms = {term.strip("` ").lower() for term in re.findall(r"^(\S.*)$", GLOSSARY, re.MULTILINE)}
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                for bold in re.findall(r"\*\*([a-z][a-z ]{2,25})\*\*", cell.source):
                    assert bold in terms, f"{bold} ({path.name})"


def test_the_glossary_is_in_alphabetical_order():
    entries = re.search(r":::\{glossary\}\n(.*?)\n:::", GLOSSARY, re.DOTALL)[1].split("\n\n")
    first = [entry.splitlines()[0].lower() for entry in entries]
    assert first == sorted(first)


@pytest.mark.parametrize("picture", pictures.PICTURES)
def test_a_picture_is_the_one_that_its_notebook_shows(picture):
    shown = pictures.last_drawing(ROOT / pictures.PICTURES[picture])
    assert (ROOT / picture).read_text(encoding="utf-8").strip() == shown
