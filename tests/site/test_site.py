"""The built site: nothing from elsewhere, no broken link, readable by machine and by ear."""

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
import yaml

from eprlab.bench import site as bench
from eprlab.book import solving

ROOT = Path(__file__).resolve().parents[2]
FETCHED = {
    "script": ["src"], "link": ["href"], "img": ["src", "srcset"], "iframe": ["src"],
    "source": ["src", "srcset"], "video": ["src"], "audio": ["src"], "object": ["data"],
    "embed": ["src"], "use": ["href", "xlink:href"], "image": ["href", "xlink:href"],
}  # fmt: skip


class Page(HTMLParser):
    """Elements with their attributes, headings, ids and visible text of one page."""

    def __init__(self, path):
        super().__init__()
        self.path, self.elements, self.headings, self.scripts = path, [], [], ""
        self._script = False
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._script = tag in ("script", "style")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_endtag(self, tag):
        self._script = False

    def handle_data(self, data):
        if self._script:
            self.scripts += data

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def ids(self):
        return [attributes["id"] for _, attributes in self.elements if attributes.get("id")]


@pytest.fixture(scope="session")
def pages(site):
    return [Page(path) for path in sorted(site.rglob("*.html")) if "_static" not in path.parts]


@pytest.fixture(scope="session")
def written(site, pages):
    """The pages of the table of contents (not the search page and the index)."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    names = [toc["root"], *(c["file"] for part in toc["parts"] for c in part["chapters"])]
    return [page for page in pages if str(page.path.relative_to(site))[:-5] in names]


def test_every_page_of_the_contents_is_built(site, written):
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    assert len(written) == 1 + sum(len(part["chapters"]) for part in toc["parts"])
    assert (site / "index.html").exists()


def test_no_page_fetches_anything_from_another_host(pages):
    for page in pages:
        for tag, attributes in page.elements:
            for name in FETCHED.get(tag, ()):
                value = attributes.get(name) or ""
                if attributes.get("rel") != "canonical":
                    assert not re.match(r"(https?:)?//", value.strip()), (
                        page.path.name,
                        tag,
                        value,
                    )
        assert not re.search(r"""(?:import|from)\s*\(?\s*["']https?://""", page.scripts)
        assert "THEBE_JS_URL" not in page.scripts


def test_no_style_fetches_anything_from_another_host(site):
    for style in site.rglob("*.css"):
        text = style.read_text(encoding="utf-8", errors="replace")
        assert not re.search(r"""(?:url\(|@import\s+)["']?(?:https?:)?//""", text), style


def test_every_local_link_leads_somewhere(site, pages):
    ids = {page.path.resolve(): set(page.ids) for page in pages}
    for page in pages:
        for attributes in page.all("a"):
            target = urlsplit(attributes.get("href") or "")
            if target.scheme or target.netloc or target.path.endswith(".ipynb"):
                continue
            path = page.path.resolve()
            if target.path:
                path = (page.path.parent / unquote(target.path)).resolve()
                assert path.is_relative_to(site.resolve()), attributes["href"]
                assert path.exists(), (page.path.name, attributes["href"])
            if target.fragment and path in ids:
                assert unquote(target.fragment) in ids[path], (page.path.name, attributes["href"])


def test_every_script_style_and_picture_is_there(site, pages):
    for page in pages:
        for tag, attributes in page.elements:
            for name in FETCHED.get(tag, ()):
                path = urlsplit(attributes.get(name) or "").path
                if path and not attributes[name].startswith(("data:", "http")):
                    assert (page.path.parent / unquote(path)).exists(), (page.path.name, path)


def test_every_page_has_a_language_a_title_a_description_and_one_first_heading(written):
    for page in written:
        assert page.all("html")[0]["lang"] == "en"
        assert page.all("title")
        assert any(meta.get("name") == "description" for meta in page.all("meta"))
        assert page.headings.count(1) == 1, page.path


def test_headings_leave_out_no_level(written):
    for page in written:
        levels = [level for level in page.headings if level <= 4]
        for before, after in pairwise(levels):
            assert after <= before + 1, (page.path.name, levels)


def test_every_picture_says_what_it_shows(written):
    for page in written:
        for attributes in page.all("img"):
            assert "alt" in attributes, (page.path.name, attributes.get("src"))
        for attributes in page.all("svg"):
            named = {"aria-labelledby", "aria-label", "aria-hidden"} & attributes.keys()
            assert named, (page.path.name, attributes)


def test_no_id_is_used_twice(written):
    for page in written:
        assert len(page.ids) == len(set(page.ids)), page.path.name


def test_the_lineage_can_be_read_without_a_script(written):
    page = next(page for page in written if page.path.name.startswith("02-"))
    html = page.path.read_text(encoding="utf-8")
    assert any(svg.get("class") == "plab-drawing" for svg in page.all("svg"))
    assert "hidden" not in re.search(r'<div class="plab-table"[^>]*>', html)[0]
    assert "satisfies" in html
    assert page.all("figcaption")


def test_widgets_are_shown_as_pictures(written):
    for page in written:
        html = page.path.read_text(encoding="utf-8")
        assert "embed-amd" not in html
        assert "application/vnd.jupyter.widget-view+json" not in html


def test_the_icons_that_a_page_names_are_in_the_icon_script(site, written):
    script = (site / "_static" / "scripts" / "fontawesome.js").read_text(encoding="utf-8")
    assert len(script) < 200_000
    for page in written:
        for _, attributes in page.elements:
            names = set(re.findall(r"\bfa-([a-z-]+)\b", attributes.get("class") or ""))
            for name in names - {"solid", "brands", "regular", "lg", "sm", "fw"}:
                assert re.search(rf"""["{{,]{name}["]?:\[|"{name}\"""", script), name


def test_a_notebooks_page_says_when_it_was_run_against_what_and_how_long_it_took(written):
    for page in written:
        html = page.path.read_text(encoding="utf-8")
        line = re.search(r'<p class="plab-executed">(.*?)</p>', html)
        assert bool(line) == (page.path.parent.name == "notebooks")
        if line:
            assert re.fullmatch(
                r"Last executed on \d{4}-\d\d-\d\d, against .*PostgreSQL \d+.*; took \d+ s\.",
                line[1],
            )


def test_every_exercise_has_its_hints_and_its_solution_folded_below_it(written):
    for page in written:
        path = ROOT / "notebooks" / f"{page.path.stem}.ipynb"
        if page.path.parent.name == "notebooks":
            exercises = dict(solving.starters(nbformat.read(path, as_version=4)))
            html = page.path.read_text(encoding="utf-8")
            assert html.count("<summary>Hint 1 of 3: a nudge</summary>") == len(exercises)
            assert html.count("<summary>A solution</summary>") == len(exercises)
            assert "<details open" not in html


def test_a_terms_first_use_in_a_session_leads_to_the_glossary(written):
    page = next(page for page in written if page.path.name.startswith("02-"))
    targets = [a["href"] for a in page.all("a") if "glossary.html#term" in (a.get("href") or "")]
    assert "../book/glossary.html#term-receiver" in targets
    assert len(targets) == len(set(targets)) >= 5


def test_no_page_is_heavier_than_its_budget(site):
    weights = {page.name: page.size for page in bench.weigh(site)}
    assert len(weights) >= 8
    assert not {name: size for name, size in weights.items() if size > bench.PAGE_BUDGET}


def test_the_site_is_small_enough_to_carry(site):
    assert sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) < 10_000_000
