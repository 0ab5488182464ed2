"""The files of examples/ci/ work: every line that runs the program is run, in a repository with a finding."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from string import Template
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from tests.support.builders import from_entry, grant, namespaces, route_to, service, to_entry
from tests.support.fakes.api import FakeAPI
from tests.support.running import EXAMPLES, REFUSED, ROOT, SCRIPT, WORKING

CI = EXAMPLES / "ci"
OBJECTS = (
    *namespaces("frontend", "backend"),
    service(),
    route_to(("backend", "api")),
    grant([from_entry()], [to_entry(name="other")]),
)
"""The objects of the cluster that k9s shows."""
INSTALLING = re.compile(r"(pip|pipx) install git\+https://github\.com/kubectl-refs/kubectl-refs")
"""Lines that work only once the program is released."""


def read(name: str) -> Any:
    return yaml.safe_load((CI / name).read_text())


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A folder whose manifests have one refused reference."""
    (tmp_path / "deploy" / "team").mkdir(parents=True)
    shutil.copy(REFUSED, tmp_path / "deploy" / "team" / "all.yaml")
    return tmp_path


def mended(repository: Path) -> Path:
    shutil.copy(WORKING, repository / "deploy" / "team" / "all.yaml")
    return repository


def shell(line: str, folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    path = f"{SCRIPT.parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["sh", "-e", "-c", line],
        cwd=folder,
        env={**os.environ, "PATH": path, "KUBECONFIG": str(folder / "config"), **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_github_is_given_sarif_a_summary_and_annotations(repository: Path) -> None:
    steps = read("github.yaml")["jobs"]["check"]["steps"]
    install, sarif, summary, diff, comment, gate = (step["run"] for step in steps if "run" in step)
    assert INSTALLING.fullmatch(install)
    page = repository / "summary"
    assert shell(sarif, repository).returncode == 0
    (upload,) = (step["with"] for step in steps if "upload-sarif" in step.get("uses", ""))
    (run,) = json.loads((repository / upload["sarif_file"]).read_text())["runs"]
    places = [each["locations"][0]["physicalLocation"] for each in run["results"] if each["level"] == "error"]
    assert {each["artifactLocation"]["uri"] for each in places} == {"deploy/team/all.yaml"}
    assert shell(summary, repository, GITHUB_STEP_SUMMARY=str(page)).returncode == 0
    assert "| **error** | REF002 near-miss | `deploy/team/all.yaml:80` " in page.read_text()
    (base,) = (step["with"]["path"] for step in steps if "path" in step.get("with", {}))
    (repository / base / "deploy").mkdir(parents=True)
    shutil.copy(WORKING, repository / base / "deploy" / "all.yaml")
    assert shell(diff, repository).returncode == 0
    (written,) = re.findall(r"--body-file (\S+)", comment)
    assert "this change breaks something" in (repository / written).read_text()
    done = shell(gate, repository)
    assert done.returncode == 1
    assert "::error file=deploy/team/all.yaml,line=80,title=REF002 near-miss::" in done.stdout
    assert shell(gate, mended(repository)).returncode == 0


def test_gitlab_is_given_junit_whether_it_fails_or_not(repository: Path) -> None:
    job = read("gitlab.yaml")["references"]
    install, check = job["script"]
    assert INSTALLING.fullmatch(install)
    assert job["artifacts"]["when"] == "always"
    report = repository / job["artifacts"]["reports"]["junit"]
    assert shell(check, repository).returncode == 1
    assert ElementTree.parse(report).getroot().get("failures") == "1"
    assert shell(check, mended(repository)).returncode == 0
    assert ElementTree.parse(report).getroot().get("failures") == "0"


def test_what_is_not_known_of_a_part_passes(repository: Path) -> None:
    (repository / "deploy" / "team" / "all.yaml").write_text(
        json.dumps({"apiVersion": "v1", "kind": "List", "items": [*namespaces("frontend"), route_to(("other", "api"))]})
    )
    (_, check) = read("gitlab.yaml")["references"]["script"]
    assert shell(check.partition(" ||")[0], repository).returncode == 3
    assert shell(check, repository).returncode == 0


@pytest.mark.parametrize("configured", [True, False], ids=["as configured", "by default"])
def test_the_hook_of_pre_commit_stops_a_commit(repository: Path, configured: bool) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    (repo,) = read("pre-commit.yaml")["repos"]
    (used,) = repo["hooks"]
    assert used["id"] == hook["id"]
    assert not hook["pass_filenames"]
    # pre-commit runs the words of the entry, followed by the arguments.
    line = shlex.join([*shlex.split(hook["entry"]), *(used if configured else hook)["args"]])
    done = shell(line, repository)
    assert done.returncode == 1
    assert "deploy/team/all.yaml:80" in done.stdout
    assert shell(line, mended(repository)).returncode == 0


@pytest.mark.parametrize(
    ("plugin", "resource", "name", "namespace", "said"),
    [
        ("refs-why", "httproutes", "web", "frontend", "HTTPRoute frontend/web"),
        ("refs-grants", "referencegrants", "g", "backend", "ReferenceGrant backend/g"),
    ],
)
def test_a_key_of_k9s_explains_the_object(
    tmp_path: Path, api: FakeAPI, plugin: str, resource: str, name: str, namespace: str, said: str
) -> None:
    config = api.write_kubeconfig(tmp_path / "config")
    context = json.loads(config.read_text())["current-context"]
    row = read("k9s.yaml")["plugins"][plugin]
    assert resource in row["scopes"]
    values = {
        "RESOURCE_NAME": resource,
        "RESOURCE_GROUP": "gateway.networking.k8s.io",
        "NAME": name,
        "NAMESPACE": namespace,
        "CONTEXT": context,
    }
    # k9s fills in the values itself.
    flag, line = (Template(each).substitute(values) for each in row["args"])
    assert (row["command"], flag) == ("sh", "-c")
    done = shell(line.replace("| less -KR", "| cat"), tmp_path)
    assert done.returncode == 0
    assert done.stderr == ""
    assert said in re.sub(r"\x1b\[\d*m", "", done.stdout)


def test_the_readmes_commands_accept_what_there_is(repository: Path) -> None:
    (block,) = re.findall(r"^```sh\n(.*?)^```$", (CI / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    write, check = block.splitlines()
    assert shell(write, repository).returncode == 0
    assert shell(check, repository).returncode == 0


def test_every_file_is_told_of() -> None:
    told = set(re.findall(r"\]\(([a-z0-9-]+\.yaml)\)", (CI / "README.md").read_text()))
    assert told == {path.name for path in CI.glob("*.yaml")}
