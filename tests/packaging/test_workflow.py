"""The workflows are sound according to their linter, and each of their commands also runs outside of them."""

from __future__ import annotations

import importlib.util
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from krew import changelog, project
from tests.support import promtool
from tests.support.cluster import binaries
from tests.support.controllers import programs

WORKFLOWS = project.ROOT / ".github" / "workflows"
RELEASE, TESTS = (yaml.safe_load((WORKFLOWS / f"{name}.yml").read_text()) for name in ("release", "tests"))
JOBS: dict[str, Any] = RELEASE["jobs"]
LINTER = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12"


def commands() -> Iterator[str]:
    for workflow in (RELEASE, TESTS):
        for job in workflow["jobs"].values():
            for step in job["steps"]:
                yield from step.get("run", "").splitlines()


def uses(job: str) -> list[str]:
    return [step["uses"].partition("@")[0] for step in JOBS[job]["steps"] if "uses" in step]


def before(job: str) -> set[str]:
    """The jobs that must have succeeded before a job starts."""
    needs = JOBS[job].get("needs", [])
    direct = {needs} if isinstance(needs, str) else set(needs)
    return direct.union(*map(before, direct))


def test_the_linter_has_nothing_to_say() -> None:
    shellcheck = Path(sys.prefix) / "bin" / "shellcheck"
    assert shellcheck.exists(), "the linter would leave out the shell lines"
    done = subprocess.run(
        ["go", "run", LINTER, "-shellcheck", shellcheck], cwd=project.ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


@pytest.mark.parametrize("command", list(commands()))
def test_every_command_is_a_script_or_a_module_of_this_repository(command: str) -> None:
    words = shlex.split(command.partition(">")[0])
    if words[0] == "bash":
        assert (project.ROOT / words[1]).is_file()
    else:
        assert words[:2] in (["python3", "-m"], ["python", "-m"])
        assert words[2].partition(".")[0] == "krew"
        assert importlib.util.find_spec(words[2]) is not None


def test_each_platform_of_the_manifest_is_built_on_a_machine_of_its_own_kind() -> None:
    template = (project.ROOT / "krew" / "refs.yaml").read_text()
    wanted = set(re.findall(r"kubectl-refs_\{\{ \.TagName \}\}_(\w+)\.(tar\.gz|zip)", template))
    rows = JOBS["build"]["strategy"]["matrix"]["include"]
    assert {(row["platform"], row["archive"]) for row in rows} == wanted
    assert len({row["runner"] for row in rows}) == len(rows)


def test_tests_come_before_the_build_and_after_it() -> None:
    names = [step.get("run", "") for step in JOBS["build"]["steps"]]
    built = next(index for index, run in enumerate(names) if re.match(r"python -m krew( |$)", run))
    tested = [index for index, run in enumerate(names) if "krew.check" in run]
    assert tested[0] < built < tested[1]
    assert "check" in before("build")


def test_every_archive_has_its_provenance_and_bill_of_materials_attested() -> None:
    assert {"actions/attest-build-provenance", "actions/attest-sbom"} <= set(uses("build"))


def test_the_index_hears_of_a_release_last() -> None:
    assert before("krew-index") == set(JOBS) - {"krew-index"}
    assert uses("krew-index")[-1] == "rajatjindal/krew-release-bot"
    (step,) = [step for step in JOBS["krew-index"]["steps"] if "krew-release-bot" in step["uses"]]
    assert Path(step["with"]["krew_template_file"]) == Path("krew/refs.yaml")


def test_the_wheel_is_published_without_a_stored_secret() -> None:
    assert JOBS["pypi"]["permissions"] == {"id-token": "write"}
    assert "secrets." not in (WORKFLOWS / "release.yml").read_text()


@pytest.mark.parametrize("workflow", [RELEASE, TESTS], ids=["release", "tests"])
def test_no_job_has_more_rights_than_it_names(workflow: dict[str, Any]) -> None:
    assert workflow["permissions"] == {}
    assert all("permissions" in job for job in workflow["jobs"].values())


def test_there_is_no_other_workflow() -> None:
    assert {path.name for path in WORKFLOWS.iterdir()} == {"release.yml", "tests.yml"}


def test_every_push_and_every_pull_request_is_tested_as_a_release_is() -> None:
    # PyYAML reads YAML 1.1, in which the key `on` is a boolean.
    assert TESTS[True] == {"push": {"branches": ["**"]}, "pull_request": None}
    (job,) = TESTS["jobs"].values()
    assert "if" not in job
    assert job["permissions"] == {"contents": "read"}
    steps = JOBS["check"]["steps"]
    assert [step for step in job["steps"] if "cache" not in step.get("uses", "")] == [
        step for step in steps if "krew.changelog" not in step.get("run", "")
    ]


def test_what_takes_minutes_to_build_is_kept_until_something_else_would_be_built(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    (step,) = [step for step in TESTS["jobs"]["tests"]["steps"] if step.get("uses", "").startswith("actions/cache@")]
    assert Path(step["with"]["path"]).expanduser() == binaries.cache()
    hashed = re.findall(r"'([^']+)'", step["with"]["key"])
    assert {path for pattern in hashed for path in project.ROOT.glob(pattern) if path.is_file()} == {
        *(binaries.SERVERS / name for name in ("go.mod", "go.sum")),
        Path(programs.__file__),
        *programs.CILIUM.sources,
        Path(promtool.__file__),
    }
    assert step["with"]["key"].startswith(step["with"]["restore-keys"])


def test_a_tag_must_say_what_the_source_says() -> None:
    with pytest.raises(changelog.NotReleasableError, match="the tag is v9\\.9\\.9"):
        changelog.notes("v9.9.9")
