"""Releases of controllers: which one runs, as far as its Deployment tells, and what is known only of older ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.values import at, entries, key_of, text
from kubectl_refs.core.records import dataclass

VERSION_LABEL = "app.kubernetes.io/version"
"""The label recommended by Kubernetes that holds the installed release."""

_NUMBERS = re.compile(r"v?(\d+)\.(\d+)(?:\.(\d+))?(?![\w.])")


@dataclass(frozen=True, slots=True)
class Release:
    """A release as it is written, and the object that states it."""

    written: str
    source: str

    def older_than(self, fixed: Sequence[str]) -> bool:
        """Whether it is older than the releases that changed something: `fixed` has one for each minor release still
        maintained, oldest first. Any other minor release is compared with the last of them."""
        own = _numbers(self.written)
        of_minor = next((each for each in map(_numbers, fixed) if each[:2] == own[:2]), _numbers(fixed[-1]))
        return own < of_minor


RunningRelease = Callable[[], Release | None]
"""Returns the running release of a controller, None if it is not known. Called only where needed: it takes a read."""


def release_in(deployment: JSON) -> Release | None:
    """The release that a controller's Deployment runs: by its image, which is what runs, or else by its label."""
    source = str(key_of(deployment))
    images = (text(at(each, "image")) for each in entries(at(deployment, "spec", "template", "spec", "containers")))
    tags = (image.partition("@")[0].rpartition("/")[2].partition(":")[2] for image in images if image)
    for written in (*tags, text(at(deployment, "metadata", "labels", VERSION_LABEL)) or ""):
        if _NUMBERS.match(written):
            return Release(written, source)
    return None


def older_release_statement(name: str, fixed: Sequence[str], statement: str, release: Release | None) -> str:
    """A statement on releases of a controller older than the ones that `fixed` it: about the running release, or as a
    condition if that is not known. Empty if the running release is not older."""
    first, *others = fixed
    older = f"older than {first}" + "".join(f", or a {each.rpartition('.')[0]} older than {each}" for each in others)
    if release is None:
        return f"if {name} is {older}, {statement}"
    if not release.older_than(fixed):
        return ""
    return f"{release.source} runs {name} {release.written}, and before {' and '.join(fixed)} {statement}"


def _numbers(written: str) -> tuple[int, int, int]:
    found = _NUMBERS.match(written)
    major, minor, patch = found.groups() if found else ("0", "0", None)
    return int(major), int(minor), int(patch or 0)
