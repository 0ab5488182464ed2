"""Fills the template of the krew manifest for archives at hand, as krew-release-bot does for those of a release.

`python3 -m krew.manifest v0.1.0 dist > refs.yaml` writes a manifest that `kubectl krew install --manifest=refs.yaml
--archive=…` takes. Platforms without an archive in the folder are left out.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterable
from pathlib import Path

TEMPLATE = Path(__file__).with_name("refs.yaml")

_TAG = "{{ .TagName }}"
_ARCHIVE = re.compile(r'\{\{\s*addURIAndSha "([^"]+)" \.TagName \}\}')
_PLATFORM = "  - selector:"


class NoArchiveError(Exception):
    """None of the template's archives is there."""


def fill(template: str, tag: str, archives: Iterable[Path]) -> str:
    """The manifest of the platforms whose archives are given, found by their names. NoArchiveError if none is."""
    there = {path.name: path for path in archives}
    head, *platforms = template.split(_PLATFORM)
    filled = [done for each in platforms if (done := _platform(each, tag, there)) is not None]
    if not filled:
        raise NoArchiveError(f"no archive of {tag} is among {', '.join(sorted(there)) or 'no files at all'}")
    return head.replace(_TAG, tag) + "".join(_PLATFORM + each for each in filled)


def _platform(block: str, tag: str, there: dict[str, Path]) -> str | None:
    wanted = _ARCHIVE.search(block)
    assert wanted, f"a platform without an archive: {block}"
    uri = wanted[1].replace(_TAG, tag)
    archive = there.get(uri.rpartition("/")[2])
    if archive is None:
        return None
    # The bot indents the second line by four columns whatever the first has, so the template gives that four as well.
    return block.replace(wanted[0], f"uri: {uri}\n    sha256: {hashlib.sha256(archive.read_bytes()).hexdigest()}")


if __name__ == "__main__":
    try:
        sys.stdout.write(fill(TEMPLATE.read_text(), sys.argv[1], Path(sys.argv[2]).iterdir()))
    except NoArchiveError as error:
        sys.exit(str(error))
