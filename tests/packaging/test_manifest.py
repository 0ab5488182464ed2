"""The krew manifest, filled as krew-release-bot fills it, is accepted by the index."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from krew import manifest
from tests.support.krew_rules import problems

TAG = "v1.2.3"
PLATFORMS = [f"{system}_{arch}" for system in ("linux", "darwin", "windows") for arch in ("amd64", "arm64")]


def archives(folder: Path) -> list[Path]:
    """One archive for each platform, all with different content."""
    made = []
    for platform in PLATFORMS:
        ending = "zip" if platform.startswith("windows") else "tar.gz"
        path = folder / f"kubectl-refs_{TAG}_{platform}.{ending}"
        path.write_text(platform)
        made.append(path)
    return made


@pytest.fixture
def filled(tmp_path: Path) -> Any:
    return yaml.safe_load(manifest.fill(manifest.TEMPLATE.read_text(), TAG, archives(tmp_path)))


def test_the_index_accepts_it(filled: Any) -> None:
    assert list(problems("refs", filled)) == []


def test_it_is_for_three_systems_on_two_architectures(filled: Any) -> None:
    labels = [platform["selector"]["matchLabels"] for platform in filled["spec"]["platforms"]]
    assert [f"{each['os']}_{each['arch']}" for each in labels] == PLATFORMS


def test_each_archive_is_named_by_its_platform_and_digest(filled: Any) -> None:
    for platform, name in zip(filled["spec"]["platforms"], PLATFORMS, strict=True):
        assert f"/releases/download/{TAG}/kubectl-refs_{TAG}_{name}." in platform["uri"]
        assert platform["sha256"] == hashlib.sha256(name.encode()).hexdigest()


def test_every_archive_is_a_release_of_the_homepage(filled: Any) -> None:
    """krew-release-bot only lets the repository named by the homepage release the plugin."""
    home = filled["spec"]["homepage"]
    assert all(each["uri"].startswith(f"{home}/releases/download/") for each in filled["spec"]["platforms"])


def test_nothing_of_the_template_is_left(tmp_path: Path) -> None:
    assert "{{" not in manifest.fill(manifest.TEMPLATE.read_text(), TAG, archives(tmp_path))


def test_platforms_without_an_archive_are_left_out(tmp_path: Path) -> None:
    some = [path for path in archives(tmp_path) if "darwin" in path.name]
    found = yaml.safe_load(manifest.fill(manifest.TEMPLATE.read_text(), TAG, some))
    assert [each["selector"]["matchLabels"]["os"] for each in found["spec"]["platforms"]] == ["darwin", "darwin"]
    assert list(problems("refs", found)) == []


def test_archives_of_another_version_are_no_archives(tmp_path: Path) -> None:
    with pytest.raises(manifest.NoArchiveError):
        manifest.fill(manifest.TEMPLATE.read_text(), "v1.2.4", archives(tmp_path))


def test_a_rename_of_the_plugin_is_one_line(filled: Any) -> None:
    filled["metadata"]["name"] = "gateway-refs"
    assert list(problems("gateway-refs", filled)) == []


MISTAKES: dict[str, Callable[[Any], Any]] = {
    "apiVersion": lambda m: m.update(apiVersion="v1"),
    "kind": lambda m: m.update(kind="Plug"),
    "an unknown field": lambda m: m["spec"].update(author="me"),
    "another name than the file's": lambda m: m["metadata"].update(name="grants"),
    "no v": lambda m: m["spec"].update(version="1.2.3"),
    "two numbers": lambda m: m["spec"].update(version="v1.2"),
    "no homepage": lambda m: m["spec"].update(homepage=""),
    "a long short description": lambda m: m["spec"].update(shortDescription="x" * 51),
    "a short description of two lines": lambda m: m["spec"].update(shortDescription="x\ny"),
    "a long line": lambda m: m["spec"].update(description="x " * 41),
    "no platforms": lambda m: m["spec"].update(platforms=[]),
    "an upper-case digest": lambda m: m["spec"]["platforms"][0].update(sha256="A" * 64),
    "no digest": lambda m: m["spec"]["platforms"][0].pop("sha256"),
    "no uri": lambda m: m["spec"]["platforms"][0].pop("uri"),
    "another kind of archive": lambda m: m["spec"]["platforms"][0].update(uri="https://example.com/x.tar.xz"),
    "no bin": lambda m: m["spec"]["platforms"][0].pop("bin"),
    "no .exe": lambda m: m["spec"]["platforms"][-1].update(bin="kubectl-refs"),
    "an empty list of files": lambda m: m["spec"]["platforms"][0].update(files=[]),
    "a file that goes nowhere": lambda m: m["spec"]["platforms"][0].update(files=[{"from": "*"}]),
    "an unknown label": lambda m: m["spec"]["platforms"][0]["selector"]["matchLabels"].update(libc="glibc"),
    "an unknown system": lambda m: m["spec"]["platforms"][0]["selector"]["matchLabels"].update(os="plan9"),
    "no selector": lambda m: m["spec"]["platforms"][0].pop("selector"),
    "an overlap": lambda m: m["spec"]["platforms"][0]["selector"]["matchLabels"].pop("arch"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_rules_find_each_mistake(filled: Any, mistake: str) -> None:
    wrong = copy.deepcopy(filled)
    MISTAKES[mistake](wrong)
    assert list(problems("refs", wrong)) != []
