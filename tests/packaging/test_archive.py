"""The archive for this platform, as krew unpacks and links it. These tests run on every platform before a release."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import yaml

from krew import manifest, project
from krew.bundle import NOTICES
from krew.contents import PARTS
from tests.packaging.conftest import TAG, Installed, Release
from tests.support import krew_rules
from tests.support.running import REFUSED, ROOT

LARGEST = 25_000_000
"""The largest size of a packed bundle in bytes."""


def run(program: Path, *words: str, cwd: Path) -> tuple[int, str]:
    """Run in a shell's minimal environment, in which neither Python nor any Python package can be found."""
    keep = ("SYSTEMROOT", "TEMP", "HOME", "USERPROFILE")
    environ = {name: os.environ[name] for name in keep if name in os.environ} | {"PATH": os.defpath}
    done = subprocess.run([program, *words], capture_output=True, text=True, env=environ, cwd=cwd, check=False)
    return done.returncode, done.stdout


def test_it_is_small_enough_to_download(release: Release) -> None:
    assert release.archive.stat().st_size <= LARGEST


def test_the_manifest_for_it_is_one_that_the_index_accepts(release: Release) -> None:
    filled = manifest.fill(manifest.TEMPLATE.read_text(), TAG, release.folder.iterdir())
    assert list(krew_rules.problems("refs", yaml.safe_load(filled))) == []


def test_krew_finds_a_licence_at_the_top(installed: Installed) -> None:
    assert "LICENSE" in krew_rules.licenses(installed.store)
    assert (installed.store / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()


def test_beside_the_program_there_are_the_licence_and_the_notices_alone(installed: Installed) -> None:
    assert sorted(path.name for path in installed.store.iterdir()) == ["LICENSE", NOTICES, "kubectl-refs"]


def test_the_entry_point_runs_through_a_link_in_another_folder(installed: Installed, tmp_path: Path) -> None:
    assert run(installed.link, "--version", cwd=tmp_path) == (0, f"{project.version()}\n")


def test_it_runs_where_it_was_moved_to(release: Release, platform: Any, tmp_path: Path) -> None:
    krew_rules.unpack(release.archive, tmp_path / "first")
    moved = (tmp_path / "first").rename(tmp_path / "a folder with spaces")
    assert run(moved / platform["bin"], "--version", cwd=tmp_path)[0] == 0


def test_it_explains_manifests_as_the_source_does(installed: Installed) -> None:
    golden = ROOT / "tests" / "scenarios" / "why" / "from-namespace-typo"
    status, out = run(installed.link, "why", "-f", "input.yaml", "--whole", cwd=golden)
    assert (status, out) == (1, (golden / "text.txt").read_text(encoding="utf-8"))


def test_yaml_and_queries_are_in_it(installed: Installed, tmp_path: Path) -> None:
    query = ("--query", "references[?verdict=='refused'].to.name", "-o", "yaml")
    assert run(installed.link, "why", "-f", REFUSED, *query, cwd=tmp_path) == (1, "- auth-service\n")


def test_tables_are_in_it(installed: Installed, tmp_path: Path) -> None:
    status, out = run(installed.link, "why", "-f", REFUSED, "-o", "wide", cwd=tmp_path)
    assert status == 1
    assert "VERDICT" in out


def test_every_part_of_it_has_a_notice_and_stands_in_the_bill_of_materials(
    release: Release, installed: Installed
) -> None:
    bill = json.loads(release.bill.read_text())
    names = {component["name"] for component in bill["components"]}
    listed = (installed.store / NOTICES).read_text(encoding="utf-8").split("=" * 100)[0]
    assert {"Python", "kubernetes", "click", "PyYAML", "urllib3", "pydantic_core", "PySocks", *PARTS} <= names
    assert all(f"  - {name} " in listed for name in names)
    assert bill["metadata"]["component"]["version"] == project.version()


def test_what_is_not_used_is_not_in_it(release: Release, installed: Installed) -> None:
    names = {component["name"] for component in json.loads(release.bill.read_text())["components"]}
    assert not names & {"aiohttp", "multidict", "yarl", "pytest", "mypy", "setuptools", "pip"}
    assert not [path for path in installed.store.rglob("*") if "readline" in path.name]
