from __future__ import annotations

import pytest

from kubectl_refs.process.program import name_from

PATH = "/home/jane/.krew/bin/kubectl-refs"


@pytest.mark.parametrize(
    ("argv0", "name"),
    [
        (PATH, "kubectl refs"),
        (f"{PATH}.exe", "kubectl refs"),
        ("/bin/kubectl-gateway_refs", "kubectl gateway-refs"),
        ("/bin/kubectl-gateway-refs", "kubectl gateway refs"),
        ("/work/kubectl_refs/__main__.py", "kubectl refs"),
        ("python", "kubectl refs"),
        ("", "kubectl refs"),
    ],
)
def test_the_name_is_what_kubectl_is_called_with(argv0: str, name: str) -> None:
    assert name_from(argv0, {}) == name


@pytest.mark.parametrize(
    ("argv0", "name"),
    [
        ("kubectl-refs", "kubectl-refs"),
        ("kubectl-refs.exe", "kubectl-refs"),
        ("kubectl-gateway_refs", "kubectl-gateway_refs"),
    ],
)
def test_a_bare_name_was_typed_by_somebody(argv0: str, name: str) -> None:
    assert name_from(argv0, {}) == name


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({"_": PATH}, "kubectl-refs"),
        ({"_": "/usr/bin/kubectl"}, "kubectl refs"),
        ({"_": "/usr/bin/kubectl.exe"}, "kubectl refs"),
        ({"_": "/usr/bin/make"}, "kubectl refs"),
        ({"_": "/home/jane/.krew/bin/kubectl-tree"}, "kubectl refs"),
        ({"_": PATH, "KUBECTL_PATH": "/usr/bin/kubectl"}, "kubectl refs"),
    ],
)
def test_what_the_shell_started_tells_who_runs_us_by_a_whole_path(environ: dict[str, str], name: str) -> None:
    assert name_from(PATH, environ) == name


@pytest.mark.parametrize("environ", [{"KUBECTL_PATH": "/usr/bin/kubectl"}, {"_": "/usr/bin/kubectl"}])
def test_kubectl_is_believed_when_it_says_that_it_runs_us(environ: dict[str, str]) -> None:
    assert name_from("kubectl-gateway_refs", environ) == "kubectl gateway-refs"
