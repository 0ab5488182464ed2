"""The documents match what the program does."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from docs import picture
from krew import changelog
from kubectl_refs import __version__
from kubectl_refs.core.model.judgements import Verdict

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
SCRIPT = Path(sys.prefix) / "bin" / "kubectl-refs"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_ci_runs_the_commands_of_the_readme_as_they_stand_there() -> None:
    first, second = blocks("sh")[:2]
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert first.strip() in lines
    assert second.strip() in lines


def test_the_readmes_output_is_the_programs() -> None:
    (shown,) = blocks("console")
    command = blocks("sh")[0].split("&&")[-1].split()
    done = subprocess.run([SCRIPT, *command[1:]], capture_output=True, text=True, cwd=ROOT, check=True)
    # Run directly, the program calls itself kubectl-refs.
    assert shown.split("\n", 1)[1] == done.stdout.replace("kubectl-refs ", "kubectl refs ")


CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()
NAMED_PATHS = dict.fromkeys(re.findall(r"`((?:[\w.*-]+/)+[\w.*-]*|[\w-]+\.(?:py|md|toml|cfg))`", CONTRIBUTING))


def test_the_readmes_picture_is_the_programs_page() -> None:
    assert picture.PICTURE.read_text(encoding="utf-8") == picture.picture(), "run python -m docs.picture"


def test_contributing_names_paths() -> None:
    assert {"kubectl_refs/core/model/codes.py", "kubectl_refs/cli/", "pyproject.toml"} <= NAMED_PATHS.keys()


@pytest.mark.parametrize("path", NAMED_PATHS)
def test_a_path_that_contributing_names_exists(path: str) -> None:
    assert list(ROOT.glob(path))


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_is_explained_in_the_readme(verdict: Verdict) -> None:
    assert f"| `{verdict}` |" in README


CHANGELOG = list(changelog.sections(changelog.FILE.read_text()))
RELEASED = [section for section in CHANGELOG if section.date]


def number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def test_the_changelog_keeps_the_form_of_keep_a_changelog() -> None:
    assert CHANGELOG[0].version == "Unreleased"
    assert [section.date for section in CHANGELOG].count(None) == 1
    numbers, dates = [number(section.version) for section in RELEASED], [section.date for section in RELEASED]
    assert numbers == sorted(set(numbers), reverse=True)
    assert dates == sorted(filter(None, dates), reverse=True)
    for section in CHANGELOG:
        order = [changelog.CATEGORIES.index(category) for category in section.categories]
        assert order == sorted(set(order)), section.version
        assert bool(section.text) == bool(section.categories), section.version


def test_the_changelog_tells_of_the_version_or_of_what_will_be_in_it() -> None:
    newest = max((number(section.version) for section in RELEASED), default=(0, 0, 0))
    assert number(__version__) >= newest
    if number(__version__) > newest:
        assert CHANGELOG[0].text


@pytest.mark.parametrize("head", ["## 1.0.0", "## [1.0.0]", "## [1.0] - 2026-01-01", "## [Unreleased] - 2026-01-01"])
def test_a_heading_of_another_form_is_found(head: str) -> None:
    with pytest.raises(ValueError, match="neither"):
        list(changelog.sections(f"# Changelog\n\n{head}\n"))
