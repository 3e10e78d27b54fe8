"""The pages in a real browser, opened as files with the network cut: as from a memory stick."""

from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe

ROOT = Path(__file__).resolve().parents[2]
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
PAGES = [TOC["root"], *(c["file"] for part in TOC["parts"] for c in part["chapters"])]
WIDTHS = {"phone": 390, "laptop": 1400}
OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "preload": False,  # it would fetch the style sheets again, which a file may not
}


class Reader:
    """A tab. `complaints`: what the page wrote to the console as an error, raised, or asked of a host."""

    def __init__(self, tab):
        self.tab, self.complaints = tab, []
        tab.on("console", lambda m: m.type == "error" and self.complaints.append(m.text))
        tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        tab.route("**/*", self._only_files)

    def _only_files(self, route):
        if route.request.url.startswith(("file:", "data:", "blob:")):
            route.continue_()
        else:
            self.complaints.append(f"asked for {route.request.url}")
            route.abort()

    def open(self, site, page):
        self.tab.goto((site / f"{page}.html").as_uri(), wait_until="load")
        return self.tab


@pytest.fixture
def reading(browser):
    """A function that opens a tab: `with reading(scheme="dark") as reader`."""

    @contextmanager
    def opened(scheme="light", width=1400, **options):
        context = browser.new_context(
            color_scheme=scheme,
            viewport={"width": width, "height": 900},
            reduced_motion="reduce",
            **options,
        )
        try:
            context.set_default_timeout(20_000)
            yield Reader(context.new_page())
        finally:
            context.close()

    return opened


@pytest.mark.parametrize("device", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", [*PAGES, "search", "genindex"])
def test_a_page_is_accessible_and_quiet(page, scheme, device, site, reading):
    with reading(scheme, WIDTHS[device]) as reader:
        tab = reader.open(site, page)
        assert tab.evaluate("document.documentElement.dataset.theme") == scheme
        overhang = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert overhang <= 0, f"{overhang} px wider than the window"
        # Before the rules are run: what they do in the page is not the page's doing.
        assert not reader.complaints
        found = Axe().run(tab, options=OPTIONS).response["violations"]
        assert not [
            (rule["impact"], rule["id"], node["html"][:160], node["failureSummary"])
            for rule in found
            for node in rule["nodes"]
        ]


@pytest.mark.parametrize(
    ("words", "page"), [("outbox", "glossary"), ("gate shut", "02-event-provenance-registry")]
)
def test_the_search_finds_what_is_on_a_page(words, page, site, reading):
    with reading() as reader:
        tab = reader.open(site, PAGES[0])
        tab.keyboard.press("Control+k")
        tab.locator("input[type=search]:visible").first.fill(words)
        tab.keyboard.press("Enter")
        result = tab.locator(f"#search-results a[href*='{page}']").first
        result.wait_for()
        result.click()
        tab.wait_for_url(f"**/{page}.html*")
        assert not reader.complaints


def test_the_reader_can_choose_the_dark_theme(site, reading):
    with reading("light") as reader:
        tab = reader.open(site, PAGES[0])
        ground = "getComputedStyle(document.body).backgroundColor"
        before = tab.evaluate(ground)
        for _ in range(3):
            tab.locator("button.theme-switch-button:visible").first.click()
            if tab.evaluate("document.documentElement.dataset.theme") == "dark":
                break
        tab.wait_for_function(f"{ground} !== '{before}'")
        assert not reader.complaints


def test_a_lineage_can_be_walked_by_keyboard_on_its_page(site, reading):
    with reading() as reader:
        tab = reader.open(site, "notebooks/02-event-provenance-registry")
        tab.locator("svg.plab-drawing .plab-node[tabindex='0']").last.focus()
        before = tab.evaluate("document.activeElement.outerHTML")
        tab.keyboard.press("ArrowDown")
        tab.wait_for_function("before => document.activeElement.outerHTML !== before", arg=before)
        assert not reader.complaints


def test_the_self_test_answers_in_its_page(site, reading):
    with reading() as reader:
        tab = reader.open(site, "notebooks/00-start-here")
        question = tab.locator("form.plab-form fieldset").first
        question.get_by_role("radio").nth(1).check()
        said = question.locator("output")
        assert "Primer: JSON and JSON Schema" in said.inner_text()
        question.get_by_role("radio").nth(0).check()
        assert "Double quotes" in said.inner_text()
        assert not reader.complaints


def test_hints_unfold_by_keyboard(site, reading):
    with reading() as reader:
        tab = reader.open(site, "notebooks/00-start-here")
        hint = tab.locator(".plab-help details").first
        assert not hint.locator("p").is_visible()
        hint.locator("summary").focus()
        tab.keyboard.press("Enter")
        hint.get_by_text("Every quoted time in the list is a boat.").wait_for()


def test_without_scripts_everything_can_be_read(site, reading):
    with reading(java_script_enabled=False) as reader:
        tab = reader.open(site, "notebooks/02-event-provenance-registry")
        assert tab.locator("svg.plab-drawing").last.is_visible()
        assert tab.locator(".plab-table").last.is_visible()
        assert tab.get_by_role("heading", level=1).is_visible()
