"""A release of the current tree, built once for all tests, and its bundle installed by krew's rules."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from krew import manifest, project
from tests.support import krew_rules

TAG = f"v{project.version()}"


@dataclass(frozen=True)
class Release:
    """The files that `python3 -m krew` wrote; `archive` is the bundle for this platform."""

    folder: Path

    @property
    def archive(self) -> Path:
        (found,) = [path for path in self.folder.glob("kubectl-refs_*") if path.suffix in (".gz", ".zip")]
        return found

    @property
    def bill(self) -> Path:
        (found,) = self.folder.glob("*.cdx.json")
        return found

    @property
    def wheel(self) -> Path:
        (found,) = self.folder.glob("*.whl")
        return found


def build(folder: Path) -> Release:
    """Build a release into a folder, with a work folder beside it."""
    work = folder.with_name(f"{folder.name}-work")
    command = [sys.executable, "-m", "krew", "--dist", str(folder), "--work", str(work)]
    subprocess.run(command, cwd=project.ROOT, check=True, stdout=subprocess.DEVNULL)
    return Release(folder)


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The release in KUBECTL_REFS_DIST, which must be of this very tree, or a new build, which takes half a minute."""
    given = os.environ.get("KUBECTL_REFS_DIST")
    return Release(project.ROOT / given) if given else build(tmp_path_factory.mktemp("release") / "dist")


@pytest.fixture(scope="session")
def platform(release: Release) -> Any:
    """This platform's entry in the filled manifest."""
    filled = yaml.safe_load(manifest.fill(manifest.TEMPLATE.read_text(), TAG, [release.archive]))
    (found,) = filled["spec"]["platforms"]
    return found


@dataclass(frozen=True)
class Installed:
    """A bundle as krew leaves it: the unpacked archive, and the link on PATH."""

    store: Path
    link: Path


@pytest.fixture(scope="session")
def installed(release: Release, platform: Any, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    root = tmp_path_factory.mktemp("krew")
    store = root / "store" / "refs" / TAG
    return Installed(store, krew_rules.install(platform, release.archive, store, root / "bin", "refs"))
