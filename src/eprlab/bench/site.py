"""What a page of the site weighs, and how long it takes: building, loading, and seeing the last drawing."""

from __future__ import annotations

import gzip
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from eprlab import site

PAGE_BUDGET = 1_600_000
"""Bytes that a page may make a browser load, uncompressed and without a cache."""

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chrome")


@dataclass(frozen=True)
class Page:
    """One page: bytes of it and of all that it loads, as they are and compressed; how many files.

    `seconds` is the time from a cold browser's request to its load event, or None without a browser.
    """

    name: str
    size: int
    compressed: int
    files: int
    seconds: float | None = None


@dataclass(frozen=True)
class Site:
    """The whole of it: seconds of a build from nothing, bytes on disk, its pages."""

    build_seconds: float
    size: int
    pages: tuple[Page, ...]


def measure() -> Site:
    """Builds the site anew and weighs every page. Raises RuntimeError if it does not build."""
    shutil.rmtree(site.output().parent / ".doctrees", ignore_errors=True)
    began = time.perf_counter()
    if site.build():
        raise RuntimeError("the site does not build: run `make site` and read what it says")
    seconds = time.perf_counter() - began
    return Site(seconds, _size(site.output()), tuple(timed(weigh(site.output()))))


def weigh(folder: Path) -> list[Page]:
    """Every page of a built site, without its time."""
    pages = sorted(path for path in folder.rglob("*.html") if "_static" not in path.parts)
    return [_weighed(path, folder) for path in pages]


def timed(pages: list[Page]) -> Iterator[Page]:
    """The same pages with their times, where there is a Chromium."""
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        yield from pages
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for page in pages:
            tab = browser.new_page()
            began = time.perf_counter()
            tab.goto((site.output() / page.name).as_uri(), wait_until="load")
            yield Page(
                page.name, page.size, page.compressed, page.files, time.perf_counter() - began
            )
            tab.close()
        browser.close()


def rows(measured: Site) -> list[str]:
    """The lines of the table that the book keeps: one a page, and one for all."""
    lines = [
        f"| `{page.name}` | {page.size / 1000:,.0f} | {page.compressed / 1000:,.0f} | {page.files} | "
        f"{'' if page.seconds is None else f'{page.seconds:.2f}'} |"
        for page in measured.pages
    ]
    return [
        "| page | kB | kB compressed | files | seconds to load |",
        "|---|---:|---:|---:|---:|",
        *lines,
        f"| **all, on disk; built in {measured.build_seconds:.0f} s** | {measured.size / 1000:,.0f} | | | |",
    ]


class _Loaded(HTMLParser):
    """The files that a page makes a browser load."""

    def __init__(self) -> None:
        super().__init__()
        self.references: set[str] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag in ("script", "img"):
            self.references.add(given.get("src") or "")
        elif tag == "link" and given.get("rel") in ("stylesheet", "preload", "icon"):
            self.references.add(given.get("href") or "")


def _weighed(path: Path, folder: Path) -> Page:
    parser = _Loaded()
    parser.feed(path.read_text(encoding="utf-8"))
    files = {path}
    for reference in parser.references:
        files |= _reached(path.parent, reference)
    sizes = {file: file.read_bytes() for file in files}
    compressed = sum(len(gzip.compress(content, 6)) for content in sizes.values())
    name = path.relative_to(folder).as_posix()
    return Page(name, sum(map(len, sizes.values())), compressed, len(files))


def _reached(base: Path, reference: str) -> set[Path]:
    """A referenced file and, for a style, the fonts and pictures that it names."""
    target = urlsplit(reference)
    file = (base / unquote(target.path)).resolve()
    if not target.path or target.scheme or not file.is_file():
        return set()
    reached = {file}
    if file.suffix == ".css":
        # A browser loads one format of a font; of those named the smallest is taken.
        for named in re.findall(r"@import\s+[\"']?(?:url\([\"']?)?([^\"')]+)", _text(file)):
            reached |= _reached(file.parent, named)
    return reached


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
