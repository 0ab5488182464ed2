from __future__ import annotations

import pytest

from kubectl_refs.program import name_from


@pytest.mark.parametrize(
    ("argv0", "name"),
    [
        ("kubectl-refs", "kubectl refs"),
        ("/home/jane/.krew/bin/kubectl-refs", "kubectl refs"),
        ("kubectl-refs.exe", "kubectl refs"),
        ("kubectl-gateway_refs", "kubectl gateway-refs"),
        ("kubectl-gateway-refs", "kubectl gateway refs"),
        ("/work/kubectl_refs/__main__.py", "kubectl refs"),
        ("python", "kubectl refs"),
        ("", "kubectl refs"),
    ],
)
def test_the_name_is_what_kubectl_is_called_with(argv0: str, name: str) -> None:
    assert name_from(argv0) == name
