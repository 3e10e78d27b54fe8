"""What the pages say about the software is what the software says."""

import ast
import re
from pathlib import Path

import nbformat
import pytest

from eprlab.book import pictures
from eprlab.exercises.catalogue import course
from eprlab.start.facts import facts

ROOT = Path(__file__).resolve().parents[2]
SETUP = (ROOT / "book" / "setup.md").read_text(encoding="utf-8")
GLOSSARY = (ROOT / "book" / "glossary.md").read_text(encoding="utf-8")


def test_every_term_in_bold_in_a_session_is_in_the_glossary():
    terms = {term.strip("` ").lower() for term in re.findall(r"^(\S.*)$", GLOSSARY, re.MULTILINE)}
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown" and "eprlab" not in cell.metadata:
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


def test_the_ports_on_the_set_up_page_are_the_facts():
    rows = re.findall(r"^\| (\d+) \| (.*?) \| (.*?) \| (.*?) \|$", SETUP, re.MULTILINE)
    assert rows == [(str(p.port), p.name, p.used_for, p.backend) for p in facts().ports]


def test_every_difference_to_the_original_names_a_test_that_is_there():
    page = (ROOT / "book" / "differences.md").read_text(encoding="utf-8")
    differences = re.findall(r"^: ", page, re.MULTILINE)
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", page)
    assert len(named) == len(differences) >= 20
    for file, test in named:
        functions = {
            node.name
            for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8")))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }
        assert test in functions, f"{file}::{test}"


def test_every_primer_that_the_self_test_names_is_on_the_page():
    page = (ROOT / "book" / "primers.md").read_text(encoding="utf-8")
    headings = set(re.findall(r"^## (.+)$", page, re.MULTILINE))
    quiz = course().exercise("what-you-bring-along")
    for question in quiz.questions:
        misses = [option for option in question.options.values() if not option.right]
        named = {re.search(r"Primer: (.+?), in", option.because)[1] for option in misses}
        assert len(named) == 1 and named <= headings


def test_a_primer_fits_on_a_screen():
    page = (ROOT / "book" / "primers.md").read_text(encoding="utf-8")
    for primer in page.split("\n## ")[1:]:
        assert len(primer.split()) <= 140, primer.splitlines()[0]
