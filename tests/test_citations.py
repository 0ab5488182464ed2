"""Every page and section that a file of the project cites is part of the project, so a clone is self-contained."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NOT_OURS = {
    "notes.md",
    "docs/references.md",
    "devel/reference_grant/reference-grant-mode.md",
    "documentation/CustomResources/backend.md",
    "documentation/conformance.md",
}
"""Files that workflows write, and pages of kgateway (one) and HAProxy Unified Gateway (two)."""

_NUMBER = r"\d+(?:\.\d+)*"
_CITATION = re.compile(
    rf"(?<![\w./-])(?P<page>[\w./-]*\w\.md)\b(?:\s+(?:# )?(?:sections? )?(?P<numbers>{_NUMBER}(?:(?:,| to| and)\s+{_NUMBER})*))?"
)
_LINK = re.compile(r"\]\((?P<page>[\w./-]+\.md)?#(?P<anchor>[\w-]+)\)")
_TEXT = {".cfg", ".in", ".md", ".py", ".sh", ".toml", ".txt", ".yaml", ".yml"}
_OTHERS = {".git", ".venv", ".hypothesis", "__pycache__", "build", "dist"}


def files() -> Iterator[Path]:
    """The project's own text files."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in _OTHERS and not name.endswith((".egg-info", "_cache"))]
        for path in (Path(folder, name) for name in sorted(names)):
            if path.suffix in _TEXT or path.parent.name == ".ci":
                yield path


def page_at(cited: str, source: Path) -> Path | None:
    """The page with this name: a path from the root, or from the folder of the file that cites it."""
    return next((path for path in (ROOT / cited, source.parent / cited) if path.is_file()), None)


@cache
def sections(page: Path) -> frozenset[str]:
    return frozenset(re.findall(rf"^#+ ({_NUMBER}) ", page.read_text(), re.MULTILINE))


@cache
def anchors(page: Path) -> frozenset[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return frozenset(re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings)


def broken(text: str, source: Path) -> Iterator[str]:
    """Pages and sections that a text cites and that do not exist."""
    for citation in _CITATION.finditer(text):
        cited = citation["page"]
        page = page_at(cited, source)
        if page is None:
            if cited not in NOT_OURS:
                yield cited
            continue
        for number in re.findall(_NUMBER, citation["numbers"] or ""):
            if number not in sections(page):
                yield f"{cited} {number}"


def broken_links(text: str, source: Path) -> Iterator[str]:
    """Links to headings that do not exist."""
    for link in _LINK.finditer(text):
        page = source.parent / link["page"] if link["page"] else source
        if not page.is_file() or link["anchor"] not in anchors(page):
            yield link[0]


def test_every_page_and_section_that_is_cited_exists() -> None:
    found = {str(path.relative_to(ROOT)): list(broken(path.read_text(), path)) for path in files()}
    assert "kubectl_refs/core/grants/grant.py" in found
    assert {path: cited for path, cited in found.items() if cited} == {}


def test_every_link_to_a_heading_leads_to_one() -> None:
    pages = [path for path in files() if path.suffix == ".md"]
    assert page_at("docs/README.md", ROOT) in pages
    found = {str(path.relative_to(ROOT)): list(broken_links(path.read_text(), path)) for path in pages}
    assert {path: links for path, links in found.items() if links} == {}


@pytest.mark.parametrize(
    ("after", "missing"),
    [
        (" 1.3", []),
        (" 1.3, GEP-709", []),
        (" 99", ["99"]),
        (" 1.3, 1.99", ["1.99"]),
        (" 2.2 to 2.99", ["2.99"]),
        (" sections 1.3 and 98.1", ["98.1"]),
        ("\n    # 99.1", ["99.1"]),
    ],
)
def test_a_section_that_is_not_there_is_found(after: str, missing: list[str]) -> None:
    page = "docs/rules" + ".md"
    assert list(broken(f"as it must ({page}{after}).", Path(__file__))) == [f"{page} {number}" for number in missing]


def test_a_page_that_is_not_there_is_found() -> None:
    page = "elsewhere" + ".md"
    assert list(broken(f"as it must ({page} 1.3).", Path(__file__))) == [page]
