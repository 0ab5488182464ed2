"""Completion: the possible words, in the form that kubectl reads, and silence about everything else."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from kubectl_refs.cli.completion import LIMIT, VARIABLE, candidates, limit
from kubectl_refs.cli.main import refs
from tests.support.cluster import binaries
from tests.support.fakes.api import TLS, Canned, FakeAPI
from tests.support.fakes.issuer import FakeIssuer
from tests.support.running import WORKING, objects_of

SCRIPTS = Path(sys.prefix) / "bin"
COMPLETE = SCRIPTS / "kubectl_complete-refs"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))
    # A busy machine must not cut the candidates short.
    monkeypatch.setenv(VARIABLE, "30")
    return tmp_path


@pytest.fixture(scope="session")
def kubectl() -> Path:
    """kubectl, located before a test changes the home, in which it is kept."""
    return binaries.find().kubectl


def complete(*words: str) -> list[str]:
    """The values offered for the last word. The last line is not one of them: it says that no files are offered."""
    *lines, last = candidates(refs, words[:-1], words[-1])
    # A space follows a name; nothing follows a type that waits for a name.
    assert last == (":6" if lines and lines[0].endswith("/") else ":4")
    return [line.partition("\t")[0] for line in lines]


def test_commands_are_offered_with_what_they_do() -> None:
    lines = candidates(refs, [], "w")
    assert [line.partition("\t")[0] for line in lines] == ["watch", "who-can", "why", ":4"]
    assert lines[2] == "why\tExplain why each reference of an object is allowed or refused"


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["why", "--exit"], ["--exit-zero"]),
        (["why", "--color", ""], ["auto", "always", "never"]),
        (["fix", "--dry-run", "s"], ["server"]),
        (["completion", ""], ["bash", "zsh", "fish"]),
        (["completion", "bash", ""], []),
        (["help", "w"], ["watch", "who-can", "why"]),
        (["why", "--color="], ["auto", "always", "never"]),
        (["why", "-o", ""], ["json", "jsonpath", "name", "text", "wide", "yaml"]),
        (["check", "-o=j"], ["json", "jsonpath", "junit"]),
        (["who-can", "create", ""], ["update", "patch", "delete"]),
        (["check", "--code", "not-en"], ["not-enforced"]),
        (["why", "--as"], ["--as", "--as-uid", "--as-group", "--as-user-extra"]),
        (["why", "--as=x", "--as-group=y", "--as"], ["--as-uid", "--as-group", "--as-user-extra"]),
        (["--tok"], ["--token"]),
        (["why", "--exit-zero="], []),
        (["why", "--nonsense="], []),
        (["why", "--nonsense", ""], []),
    ],
)
def test_flags_and_their_values_are_offered(home: Path, words: Sequence[str], offered: Sequence[str]) -> None:
    assert sorted(complete(*words)) == sorted(offered)


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["why", "ht"], ["httproutes"]),
        (["why", "httproute", ""], ["frontend-routes"]),
        (["why", "httproute/"], ["httproute/frontend-routes"]),
        (["why", "httproute/other", "httproute/f"], ["httproute/frontend-routes"]),
        (["why", "httproute/frontend-routes", "httproute/f"], []),
        (["why", "httproute", "frontend-routes", ""], []),
        (["why", "-n", "shared-services", "service/"], ["service/auth-service"]),
        (["why", "-n", "shared-services", "referencegrant/"], ["referencegrant/allow-app-routes"]),
        (["why", "ref"], ["referencegrants"]),
        (["why", "serv"], ["services"]),
        (["check", "gateways,ref"], ["gateways,referencegrants"]),
        (["check", "httproute/"], ["httproute/frontend-routes"]),
        (["check", "httpr"], ["httproutes"]),
        (["check", "gateways,httpr"], ["gateways,httproutes"]),
        (["kinds", "httproutes", "httpr"], []),
        (["grants", "--from", "sh"], ["shared-services"]),
        (["fix", "HTTPRoutes", "f"], ["frontend-routes"]),
        (["why", "-n", "shared-services", "httproute", ""], []),
        (["why", "-n", "sh"], ["shared-services"]),
        (["-n", "sh"], ["shared-services"]),
        (["why", "--namespace", "frontend"], ["frontend"]),
        (["why", "--namespace=front"], ["frontend"]),
        (["why", "-n="], ["api-backend", "frontend", "pingora-system", "shared-services"]),
        (["why", "-n=shared-services", "httproute", ""], []),
        (["--insecure-skip-tls-verify=false", "why", "-n=frontend", "httproute", ""], ["frontend-routes"]),
        (["-n", "shared-services", "grants", ""], ["allow-app-routes"]),
        (["grants", "-n", "shared-services", "allow-app-routes", ""], []),
        (["can-i", "httproutes", "serv"], ["services/"]),
        (["can-i", "httproute", "service/"], ["service/frontend-service"]),
        (["graph", "serv"], ["services"]),
        (["graph", "service/"], ["service/frontend-service"]),
        (["graph", "--to", "sh"], ["shared-services"]),
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
        offered = [complete("why", flag, ""), complete("why", f"{flag}=")]
    assert offered == [["jane" if flag == "--user" else "fake"]] * 2
    assert api.requests == []


@pytest.mark.parametrize("flag", ["-f", "--filename", "--kubeconfig", "--certificate-authority", "--kinds"])
def test_files_are_left_to_the_shell(flag: str) -> None:
    assert candidates(refs, ["why", flag], "") == candidates(refs, ["why"], f"{flag}=") == [":0"]


def test_a_login_is_not_renewed_for_a_candidate(home: Path) -> None:
    with FakeIssuer() as issuer, FakeAPI(objects_of(WORKING), tls=TLS) as api:
        api.write_kubeconfig(home / "config", **issuer.user())
        assert complete("why", "httproute", "") == []
    assert (issuer.asked, api.requests) == ([], [])


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
        # Waiting for the server would take longer than `run` allows.
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


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("kubectl-refs wh", "who-can  why"),
        ("kubectl-refs why -n frontend httproute/f", "httproute/frontend-routes "),
        ("kubectl-refs why --context=fa", "--context=fake:with/colons "),
        ("kubectl-refs why --context fake:wi", "--context fake:with/colons "),
        ('kubectl-refs why --query "a b" -n=front', '"a b" -n=frontend '),
        ("kubectl-refs can-i -n frontend httproute serv", "httproute services/frontend-service "),
        ("kubectl-refs why -f kube_", "-f kube_config "),
    ],
)
def test_an_interactive_bash_completes_the_program_run_by_its_own_name(home: Path, typed: str, completed: str) -> None:
    bash = shutil.which("bash")
    assert bash is not None
    (home / "kube_config").touch()
    rc = f"PS1='> '\nPATH={SCRIPTS}:$PATH\nsource <(kubectl-refs completion bash)\nprintf 'ready\\n'\n"
    (home / "rc").write_text(rc)
    with FakeAPI(objects_of(WORKING)) as api:
        config = str(api.kubeconfig()).replace("'fake'", "'fake:with/colons'")
        (home / "config").write_text(config)
        terminal, end = pty.openpty()
        arguments = [bash, "--noprofile", "--rcfile", str(home / "rc"), "-i"]
        environ = {**os.environ, "TERM": "dumb"}
        with subprocess.Popen(arguments, stdin=end, stdout=end, stderr=end, cwd=home, env=environ) as process:
            try:
                _until(terminal, "ready")
                # The second Tab completes what the first leaves open: a name after its type.
                os.write(terminal, f"{typed}\t\t".encode())
                shown = _until(terminal, completed)
            finally:
                process.kill()
        os.close(end)
        os.close(terminal)
    assert completed in shown


def _until(terminal: int, expected: str) -> str:
    """The output of a terminal up to the expected text; after 20 s of silence, all output so far."""
    shown = ""
    while expected not in shown and select.select([terminal], [], [], 20)[0]:
        shown += os.read(terminal, 65536).decode()
    return shown


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_there_is_a_script_for_each_shell_and_it_parses(shell: str, tmp_path: Path) -> None:
    done = subprocess.run([SCRIPTS / "kubectl-refs", "completion", shell], capture_output=True, text=True, check=True)
    assert "kubectl_complete-refs" in done.stdout
    if program := shutil.which(shell):
        (tmp_path / "script").write_text(done.stdout)
        subprocess.run([program, "-n", tmp_path / "script"], check=True)
