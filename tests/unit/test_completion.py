"""Completion: what the words may become, in the form kubectl reads, and silence about everything else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from kubectl_refs.cli import refs
from kubectl_refs.completion import LIMIT, VARIABLE, candidates, limit
from tests.fakeapi import Canned, FakeAPI
from tests.realcluster import binaries
from tests.running import WORKING, objects_of

SCRIPTS = Path(sys.prefix) / "bin"
COMPLETE = SCRIPTS / "kubectl_complete-refs"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))
    # This machine may be busy, and what is offered is what is tested.
    monkeypatch.setenv(VARIABLE, "30")
    return tmp_path


@pytest.fixture(scope="session")
def kubectl() -> Path:
    """Found before a test changes the home, where it is kept."""
    return binaries.find().kubectl


def complete(*words: str) -> list[str]:
    """The values offered for the last word; the last line, which is not one of them, says that there are no files."""
    *lines, last = candidates(refs, words[:-1], words[-1])
    assert last == ":4"
    return [line.partition("\t")[0] for line in lines]


def test_commands_are_offered_with_what_they_do() -> None:
    lines = candidates(refs, [], "w")
    assert [line.partition("\t")[0] for line in lines] == ["who-can", "why", ":4"]
    assert "\tExplain every reference that an object holds." in lines[1]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["why", "--exit"], ["--exit-zero"]),
        (["why", "--color", ""], ["auto", "always", "never"]),
        (["fix", "--dry-run", "s"], ["server"]),
        (["completion", ""], ["bash", "zsh", "fish"]),
        (["why", "--nonsense", ""], []),
    ],
)
def test_flags_and_their_values_are_offered(home: Path, words: Sequence[str], offered: Sequence[str]) -> None:
    assert complete(*words) == offered


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["why", "ht"], ["httproutes"]),
        (["why", "httproute", ""], ["frontend-routes"]),
        (["why", "httproute/"], ["httproute/frontend-routes"]),
        (["why", "httproute/frontend-routes", "httproute/f"], ["httproute/frontend-routes"]),
        (["fix", "HTTPRoutes", "f"], ["frontend-routes"]),
        (["why", "-n", "shared-services", "httproute", ""], []),
        (["why", "-n", "sh"], ["shared-services"]),
        (["-n", "sh"], ["shared-services"]),
        (["why", "--namespace", "frontend"], ["frontend"]),
        (["-n", "shared-services", "grants", ""], ["allow-app-routes"]),
        (["grants", "-n", "shared-services", "allow-app-routes", ""], []),
        (["can-i", "httproutes", "serv"], ["services/"]),
        (["can-i", "httproute", "service/"], ["service/frontend-service"]),
        (["why", "nonsense", ""], []),
    ],
)
def test_types_and_names_come_from_the_cluster(home: Path, words: Sequence[str], offered: Sequence[str]) -> None:
    with FakeAPI(objects_of(WORKING)) as api:
        api.write_kubeconfig(home / "config", "frontend")
        assert complete(*words) == offered
    assert all("as=PartialObjectMetadata" in each.accept for each in api.requests if each.path != "/apis")


@pytest.mark.parametrize("flag", ["--context", "--cluster", "--user"])
def test_names_of_the_kubeconfig_are_offered_without_a_request(home: Path, flag: str) -> None:
    with FakeAPI() as api:
        api.write_kubeconfig(home / "config")
        offered = complete("why", flag, "")
    assert offered == ["jane" if flag == "--user" else "fake"]
    assert api.requests == []


def test_files_are_left_to_the_shell() -> None:
    assert candidates(refs, ["why", "-f"], "") == [":0"]
    assert candidates(refs, ["why", "--kubeconfig"], "") == [":0"]


def test_a_name_that_is_no_word_is_not_offered(home: Path) -> None:
    with FakeAPI(
        [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in ("a\x1b[2J", "b")]
    ) as api:
        api.write_kubeconfig(home / "config")
        assert complete("why", "-n", "") == ["b"]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([COMPLETE, *words], capture_output=True, text=True, timeout=20, check=False)


@pytest.mark.parametrize("config", [None, "a: [", "current-context: nope\n"])
def test_what_goes_wrong_is_kept_quiet(home: Path, config: str | None) -> None:
    if config is not None:
        (home / "config").write_text(config)
    done = run("why", "httproute", "")
    assert (done.returncode, done.stdout, done.stderr) == (0, ":4\n", "")


def test_a_server_that_does_not_answer_is_not_waited_for(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE)
    with FakeAPI() as api:
        api.fault = lambda request: Canned(delay=600, reset=True)
        api.write_kubeconfig(home / "config")
        # It would take longer than `run` waits.
        assert run("why", "httproute", "").stdout == ":4\n"


def test_half_a_second_is_the_time_there_is_unless_more_is_asked_for() -> None:
    assert [limit({}), limit({VARIABLE: "2"}), limit({VARIABLE: "x"})] == [LIMIT, 2.0, LIMIT] == [0.5, 2.0, 0.5]


def test_a_plugin_that_wants_to_talk_is_not_heard(home: Path) -> None:
    plugin = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": "sh",
        "args": ["-c", "echo Login: >&2; read password; exit 1"],
        "interactiveMode": "IfAvailable",
    }
    with FakeAPI() as api:
        config = api.kubeconfig(exec=plugin)
        config["clusters"][0]["cluster"]["server"] = api.url.replace("http", "https")
        (home / "config").write_text(str(config))
        done = run("why", "httproute", "")
    assert (done.stdout, done.stderr) == (":4\n", "")


def test_kubectl_itself_offers_what_the_plugin_does(kubectl: Path, home: Path) -> None:
    with FakeAPI(objects_of(WORKING)) as api:
        api.write_kubeconfig(home / "config", "frontend")
        environ = {**os.environ, "PATH": os.pathsep.join([str(SCRIPTS), str(kubectl.parent), os.defpath])}
        done = subprocess.run(
            [kubectl, "__complete", "refs", "why", "httproute/"],
            env=environ,
            capture_output=True,
            text=True,
            check=True,
        )
    assert done.stdout.splitlines() == ["httproute/frontend-routes", ":4"]


def test_bash_offers_names_for_the_program_run_by_its_own_name(home: Path) -> None:
    bash = shutil.which("bash")
    assert bash is not None
    script = f"""
        PATH={SCRIPTS}:$PATH
        source <(kubectl-refs completion bash)
        COMP_WORDS=(kubectl-refs why -n frontend "$1") COMP_CWORD=4
        _kubectl_refs
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    with FakeAPI(objects_of(WORKING)) as api:
        api.write_kubeconfig(home / "config")
        done = subprocess.run(
            [bash, "-c", script, "bash", "httproute/f"], capture_output=True, text=True, timeout=20, check=True
        )
    assert (done.stdout, done.stderr) == ("httproute/frontend-routes\n", "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_there_is_a_script_for_each_shell_and_it_parses(shell: str, tmp_path: Path) -> None:
    done = subprocess.run([SCRIPTS / "kubectl-refs", "completion", shell], capture_output=True, text=True, check=True)
    assert "kubectl_complete-refs" in done.stdout
    if program := shutil.which(shell):
        (tmp_path / "script").write_text(done.stdout)
        subprocess.run([program, "-n", tmp_path / "script"], check=True)
