from __future__ import annotations

import pytest

from kubectl_refs.kube.http.proxy import proxy_for

PROXY = "http://proxy:3128"


@pytest.mark.parametrize(
    ("server", "environ", "proxy"),
    [
        ("https://a.test", {"HTTPS_PROXY": PROXY}, PROXY),
        ("https://a.test", {"https_proxy": PROXY}, PROXY),
        ("https://a.test", {"HTTPS_PROXY": "proxy:3128"}, PROXY),
        ("https://a.test", {"HTTP_PROXY": PROXY}, None),
        ("http://a.test", {"HTTP_PROXY": PROXY}, PROXY),
        ("https://localhost:6443", {"HTTPS_PROXY": PROXY}, None),
        ("https://127.8.0.1", {"HTTPS_PROXY": PROXY}, None),
        ("https://[::1]:6443", {"HTTPS_PROXY": PROXY}, None),
        ("https://a.test", {}, None),
    ],
)
def test_the_environments_proxy_is_that_of_the_scheme_and_not_for_this_machine(
    server: str, environ: dict[str, str], proxy: str | None
) -> None:
    assert proxy_for(server, None, environ) == proxy


@pytest.mark.parametrize(
    ("server", "no_proxy", "direct"),
    [
        ("https://api.a.test", "a.test", True),
        ("https://api.a.test", ".a.test", True),
        ("https://a.test", ".a.test", False),
        ("https://a.test", "a.test", True),
        ("https://ba.test", "a.test", False),
        ("https://a.test:6443", "x, A.test:6443 ,y", True),
        ("https://a.test:6443", "a.test:443", False),
        ("https://10.1.2.3", "10.0.0.0/8", True),
        ("https://11.1.2.3", "10.0.0.0/8", False),
        ("https://10.1.2.3:6443", "10.1.2.3", True),
        ("https://[fd00::1]:6443", "[fd00::1]:6443", True),
        ("https://[fd00::1]:6443", "fd00::1", True),
        ("https://10.1.2.3", "10.0.0.0/99", False),
        ("https://a.test", "*", True),
        ("https://a.test", " , ", False),
    ],
)
def test_no_proxy_names_what_is_reached_directly(server: str, no_proxy: str, direct: bool) -> None:
    environ = {"HTTPS_PROXY": PROXY, "NO_PROXY": no_proxy}
    assert proxy_for(server, None, environ) == (None if direct else PROXY)


def test_the_kubeconfigs_proxy_wins_over_everything() -> None:
    environ = {"HTTPS_PROXY": "http://other", "NO_PROXY": "*"}
    assert proxy_for("https://localhost", PROXY, environ) == PROXY
