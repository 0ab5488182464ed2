"""CHANGELOG.md, and whether a tag may become a release: `python3 -m krew.changelog v0.1.0` prints its notes.

The version is stated once, in kubectl_refs/__init__.py; a tag must say the same, and CHANGELOG.md must tell of it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from krew import project

FILE = project.ROOT / "CHANGELOG.md"
CATEGORIES = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
"""The headings that Keep a Changelog knows, in its order."""

_HEAD = re.compile(r"^## \[(Unreleased|\d+\.\d+\.\d+)\](?: - (\d{4}-\d{2}-\d{2}))?$")


class NotReleasableError(Exception):
    """The tag, the version and CHANGELOG.md do not agree."""


@dataclass(frozen=True, slots=True)
class Section:
    """What changed in a version, `Unreleased` for the next one; `date` is None only there."""

    version: str
    date: str | None
    text: str

    @property
    def categories(self) -> list[str]:
        return re.findall(r"^### (.+)$", self.text, re.MULTILINE)


def sections(text: str) -> Iterator[Section]:
    """The sections in the file's order. ValueError for a heading that has another form."""
    _, *parts = re.split(r"^(?=## )", text, flags=re.MULTILINE)
    for part in parts:
        head, _, body = part.partition("\n")
        found = _HEAD.match(head)
        if not found or (found[1] == "Unreleased") != (found[2] is None):
            raise ValueError(f"neither [Unreleased] nor [VERSION] - DATE: {head}")
        yield Section(found[1], found[2], body.strip())


def notes(tag: str) -> str:
    """What CHANGELOG.md says of the version that a tag names. NotReleasableError where the three do not agree."""
    version = project.version()
    if tag != f"v{version}":
        raise NotReleasableError(f"the tag is {tag}, but kubectl_refs/__init__.py states {version}")
    for section in sections(FILE.read_text(encoding="utf-8")):
        if section.version == version:
            return section.text
    raise NotReleasableError(f"CHANGELOG.md has no section [{version}] - DATE")


if __name__ == "__main__":
    try:
        print(notes(sys.argv[1]))  # noqa: T201
    except NotReleasableError as error:
        sys.exit(str(error))
