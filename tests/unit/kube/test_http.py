from __future__ import annotations

import errno
import gzip
import json
import socket
from pathlib import Path
from typing import Any

import pytest

from kubectl_refs import __version__
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.view.reads import Failure
from kubectl_refs.kube.config.connection import Connection
from kubectl_refs.kube.http.client import Client
from kubectl_refs.kube.http.response import Response
from kubectl_refs.process.errors import RefsError
from tests.support.connecting import connect_to, connect_with
from tests.support.fakes.api import TLS, Canned, FakeAPI

CERTIFICATE = TLS[0]


def connect_securely(api: FakeAPI, folder: Path, **cluster: Any) -> Connection:
    config = api.kubeconfig(token="t")
    config["clusters"][0]["cluster"] = {"server": api.url} | {
        key.replace("_", "-"): value for key, value in cluster.items()
    }
    return connect_with(config, folder)


def answered(client: Client, path: str = "/apis") -> Response:
    response = client.get(path)
    assert isinstance(response, Response)
    return response


def failed(client: Client, path: str = "/apis") -> Failure:
    failure = client.get(path)
    assert isinstance(failure, Failure)
    return failure


def unreachable(connection: Connection) -> str:
    with pytest.raises(RefsError) as caught:
        Client(connection).get("/apis")
    return caught.value.line


def test_a_request_says_who_asks_and_takes_gzip(api: FakeAPI, tmp_path: Path) -> None:
    response = Client(connect_to(api, tmp_path)).get("/apis", {"limit": "5", "x": "a b&c"}, "application/json;x=y")
    assert isinstance(response, Response)
    assert response.headers["content-encoding"] == "gzip"
    request = api.requests[0]
    assert (request.method, request.path, request.query) == ("GET", "/apis", {"limit": "5", "x": "a b&c"})
    assert request.accept == "application/json;x=y"
    assert request.header("user-agent") == [f"kubectl-refs/{__version__}"]


def test_requests_share_one_connection(api: FakeAPI, tmp_path: Path) -> None:
    client = Client(connect_to(api, tmp_path))
    answered(client)
    answered(client)
    assert [request.connection for request in api.requests] == [1, 1]


def test_a_path_prefix_of_the_server_is_kept(api: FakeAPI, tmp_path: Path) -> None:
    config = api.kubeconfig()
    config["clusters"][0]["cluster"]["server"] += "/k8s/clusters/c-1/"
    Client(connect_with(config, tmp_path)).get("/apis")
    assert api.paths == ["/k8s/clusters/c-1/apis"]


def test_a_refused_login_is_raised(tmp_path: Path) -> None:
    with FakeAPI(token="right") as api, pytest.raises(RefsError) as caught:
        Client(connect_to(api, tmp_path, token="wrong")).get("/apis")
    assert caught.value.line == "error: You must be logged in to the server (Unauthorized)"


@pytest.mark.parametrize("retry_after", ["2", "0"])
@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_again_after_the_time_it_names(
    api: FakeAPI, tmp_path: Path, status: int, retry_after: str
) -> None:
    busy = iter([Canned(status, {}, {"Retry-After": retry_after})])
    api.fault = lambda request: next(busy, None)
    waited: list[float] = []
    assert answered(Client(connect_to(api, tmp_path), sleep=waited.append)).ok
    assert waited == [int(retry_after)]


def test_a_server_that_stays_busy_is_asked_three_times_and_not_waited_for_longer_than_ten_seconds(
    api: FakeAPI, tmp_path: Path
) -> None:
    api.fault = lambda request: Canned(429, {"kind": "Status", "message": "slow down"}, {"Retry-After": "3600"})
    waited: list[float] = []
    response = answered(Client(connect_to(api, tmp_path), sleep=waited.append))
    assert response.failure == Failure(429, "slow down")
    assert (len(api.requests), waited) == (3, [10, 10])


def test_a_number_of_seconds_too_long_for_a_number_is_the_longest_wait(api: FakeAPI, tmp_path: Path) -> None:
    busy = iter([Canned(503, {}, {"Retry-After": "9" * 5000})])
    api.fault = lambda request: next(busy, None)
    waited: list[float] = []
    assert answered(Client(connect_to(api, tmp_path), sleep=waited.append)).ok
    assert waited == [10]


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "Tue, 24 Nov 2026 08:00:00 GMT"}])
def test_a_busy_server_that_names_no_seconds_is_not_asked_again(
    api: FakeAPI, tmp_path: Path, headers: dict[str, str]
) -> None:
    api.fault = lambda request: Canned(503, "", headers)
    response = answered(Client(connect_to(api, tmp_path)))
    assert response.failure == Failure(503, "the server is currently unable to handle the request")
    assert len(api.requests) == 1


def test_redirects_are_not_followed(api: FakeAPI, tmp_path: Path) -> None:
    api.fault = lambda request: Canned(302, "", {"Location": "/elsewhere"})
    assert answered(Client(connect_to(api, tmp_path))).failure == Failure(
        302, "the server answered with a redirect, which is not followed"
    )
    assert api.paths == ["/apis"]


@pytest.mark.parametrize("body", ["<html>Sign in</html>", "[]", '"text"', "", '{"x": NaN}', '{"x": -Infinity}'])
def test_an_answer_that_is_no_json_object_is_a_failure(api: FakeAPI, tmp_path: Path, body: str) -> None:
    api.fault = lambda request: Canned(200, body)
    assert failed(Client(connect_to(api, tmp_path))) == Failure(200, "the server's answer is not a JSON object")


@pytest.mark.parametrize("body", ["[" * 100_000, '{"a":' * 100_000, '{"a":' * 100_000 + "1" + "}" * 100_000])
def test_an_answer_nested_without_end_is_a_failure(api: FakeAPI, tmp_path: Path, body: str) -> None:
    api.fault = lambda request: Canned(200, body)
    assert failed(Client(connect_to(api, tmp_path))) == Failure(200, "the server's answer is nested too deeply")


def test_half_a_surrogate_pair_is_replaced(api: FakeAPI, tmp_path: Path) -> None:
    api.fault = lambda request: Canned(200, r'{"whole": "\ud83d\ude00", "half": "\ud83d!"}')
    assert answered(Client(connect_to(api, tmp_path))).body == {"whole": "\N{GRINNING FACE}", "half": "?!"}


def test_an_answer_of_an_old_server_ends_with_the_connection(api: FakeAPI, tmp_path: Path) -> None:
    api.fault = lambda request: Canned(200, {"kind": "Old"}, old=True)
    client = Client(connect_to(api, tmp_path))
    assert [answered(client).body, answered(client).body] == [{"kind": "Old"}] * 2
    assert [request.connection for request in api.requests] == [1, 2]


def test_half_of_a_compressed_answer_is_no_answer(api: FakeAPI, tmp_path: Path) -> None:
    whole = gzip.compress(json.dumps({"kind": "List", "items": list(range(500))}).encode())
    client = Client(connect_to(api, tmp_path))
    answered(client)
    api.fault = lambda request: Canned(200, whole[: len(whole) // 2], {"Content-Encoding": "gzip"})
    assert failed(client) == Failure(None, "the answer broke off or could not be decoded")


def test_a_compressed_answer_may_be_of_several_parts(api: FakeAPI, tmp_path: Path) -> None:
    parts = gzip.compress(b'{"kind": ') + gzip.compress(b'"Parts"}')
    api.fault = lambda request: Canned(200, parts, {"Content-Encoding": "gzip"})
    assert answered(Client(connect_to(api, tmp_path))).body == {"kind": "Parts"}


def test_a_compressed_answer_is_read_whole_however_large_it_is(api: FakeAPI, tmp_path: Path) -> None:
    names = ["a" * 262_144, "b" * 262_143, "c" * 1_000_000]
    api.fault = lambda request: Canned(
        200, gzip.compress(json.dumps({"names": names}).encode()), {"Content-Encoding": "gzip"}
    )
    assert answered(Client(connect_to(api, tmp_path))).body == {"names": names}


def test_warnings_are_collected_once_each(api: FakeAPI, tmp_path: Path) -> None:
    api.warnings = ("v1beta1 is deprecated", r"say \"hello\", twice", "v1beta1 is deprecated")
    client = Client(connect_to(api, tmp_path))
    answered(client)
    answered(client)
    assert client.warnings == ("v1beta1 is deprecated", 'say "hello", twice')


def test_a_refused_connection_is_said_in_kubectls_words(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{unused.getsockname()[1]}"
        line = unreachable(Connection(f"http://{address}", kubeconfig=_flat(f"http://{address}")))
    assert line == f"The connection to the server {address} was refused - did you specify the right host or port?"


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (TimeoutError("timed out"), "dial tcp {}: i/o timeout"),
        (OSError(errno.EHOSTUNREACH, "No route to host"), "tcp {}: no route to host"),
    ],
)
def test_a_server_that_cannot_be_connected_to_is_said_in_kubectls_words(
    api: FakeAPI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, problem: str
) -> None:
    def fail(*args: Any, **options: Any) -> None:
        raise error

    monkeypatch.setattr("socket.create_connection", fail)
    line = unreachable(connect_to(api, tmp_path))
    assert line == "Unable to connect to the server: " + problem.format(api.address)


def test_an_unknown_host_is_said_in_kubectls_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*args: Any, **options: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    server = "http://no-such-host.invalid"
    line = unreachable(Connection(server, kubeconfig=_flat(server)))
    assert line == "Unable to connect to the server: dial tcp: lookup no-such-host.invalid: no such host"


def test_a_server_that_does_not_answer_is_given_up(api: FakeAPI, tmp_path: Path) -> None:
    api.fault = lambda request: Canned(delay=30)
    line = unreachable(connect_to(api, tmp_path, timeout=0.05))
    assert line == "Unable to connect to the server: no answer within 0.05 seconds"


def test_a_server_without_tls_is_recognised(api: FakeAPI, tmp_path: Path) -> None:
    config = api.kubeconfig()
    config["clusters"][0]["cluster"]["server"] = api.url.replace("http:", "https:")
    line = unreachable(connect_with(config, tmp_path))
    assert line == "Unable to connect to the server: tls: first record does not look like a TLS handshake"


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (Canned(reset=True), "EOF"),
        (Canned(delay=30), "no answer within 0.3 seconds"),
        (Canned(stall=0.02), "no answer within 0.3 seconds"),
        (Canned(200, "broken", {"Content-Encoding": "gzip"}), "the answer broke off or could not be decoded"),
    ],
)
def test_once_the_server_has_answered_a_lost_answer_is_a_failure_of_that_read(
    api: FakeAPI, tmp_path: Path, fault: Canned, message: str
) -> None:
    client = Client(connect_to(api, tmp_path, timeout=0.3))
    answered(client)
    api.fault = lambda request: fault if request.path == "/lost" else None
    assert failed(client, "/lost") == Failure(None, message)
    assert answered(client).ok


def test_an_unknown_certificate_is_refused(secure: FakeAPI, tmp_path: Path) -> None:
    assert unreachable(connect_securely(secure, tmp_path)) == (
        "Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown authority"
    )
    assert secure.requests == []


def test_a_certificate_for_another_name_is_refused(secure: FakeAPI, tmp_path: Path) -> None:
    line = unreachable(connect_securely(secure, tmp_path, certificate_authority=str(CERTIFICATE)))
    assert line.startswith("Unable to connect to the server: tls: failed to verify certificate: x509: ")
    assert "127.0.0.1" in line


def test_the_name_to_expect_may_be_given(secure: FakeAPI, tmp_path: Path) -> None:
    connection = connect_securely(secure, tmp_path, certificate_authority=str(CERTIFICATE), tls_server_name="fake.test")
    assert answered(Client(connection)).ok


def test_verification_may_be_turned_off_without_remarks(
    secure: FakeAPI, tmp_path: Path, capfd: pytest.CaptureFixture[str], recwarn: pytest.WarningsRecorder
) -> None:
    assert answered(Client(connect_securely(secure, tmp_path, insecure_skip_tls_verify=True))).ok
    assert capfd.readouterr() == ("", "")
    assert recwarn.list == []


@pytest.mark.parametrize(
    ("cluster", "user", "line"),
    [
        (
            {"certificate-authority-data": "aGVsbG8="},
            {},
            "error: unable to load root certificates: unable to parse bytes as PEM block",
        ),
        (
            {},
            {"client-certificate-data": "aGVsbG8=", "client-key-data": "aGVsbG8="},
            "error: tls: failed to find any PEM data in certificate input",
        ),
    ],
)
def test_certificates_that_cannot_be_used_are_errors(
    secure: FakeAPI, tmp_path: Path, cluster: JSON, user: JSON, line: str
) -> None:
    config = secure.kubeconfig(**user)
    config["clusters"][0]["cluster"] = {"server": secure.url, **cluster}
    assert unreachable(connect_with(config, tmp_path)).startswith(line)


def test_a_proxy_url_is_used_whatever_no_proxy_says(
    api: FakeAPI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    config = api.kubeconfig()
    config["clusters"][0]["cluster"] = {"server": "http://cluster.test", "proxy-url": api.url}
    api.fault = lambda request: Canned(200, {"through": "the proxy"})
    assert answered(Client(connect_with(config, tmp_path))).body == {"through": "the proxy"}


def test_a_proxy_is_told_who_asks(api: FakeAPI, tmp_path: Path) -> None:
    config = api.kubeconfig()
    proxy = api.url.replace("http://", "http://me:p%40ss@")
    config["clusters"][0]["cluster"] = {"server": "http://cluster.test", "proxy-url": proxy}
    Client(connect_with(config, tmp_path)).get("/apis")
    assert api.requests[0].header("proxy-authorization") == ["Basic bWU6cEBzcw=="]


def test_a_proxy_that_cannot_be_used_is_an_error(api: FakeAPI, tmp_path: Path) -> None:
    config = api.kubeconfig()
    config["clusters"][0]["cluster"]["proxy-url"] = "gopher://me:secret@proxy"
    with pytest.raises(RefsError) as caught:
        connect_with(config, tmp_path)
    assert caught.value.line == (
        'error: invalid \'proxy-url\' "gopher://proxy" for cluster "fake": unsupported scheme "gopher", must be http, '
        "https, or socks5"
    )


@pytest.mark.parametrize(("scheme", "status"), [("http", 407), ("https", 407), ("https", 403)])
def test_a_proxy_that_refuses_is_told_as_the_proxy(api: FakeAPI, tmp_path: Path, scheme: str, status: int) -> None:
    config = api.kubeconfig()
    proxy = api.url.replace("http://", "http://me:secret@")
    config["clusters"][0]["cluster"] = {"server": f"{scheme}://cluster.test", "proxy-url": proxy}
    api.fault = lambda request: Canned(status, "no")
    address = api.url.removeprefix("http://")
    reason = {403: "Forbidden", 407: "Proxy Authentication Required"}[status]
    assert unreachable(connect_with(config, tmp_path)) == (
        f"Unable to connect to the server: the proxy {address} refused the request: {status} {reason}"
    )


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_is_not_there_is_told_as_the_proxy(api: FakeAPI, tmp_path: Path, scheme: str) -> None:
    config = api.kubeconfig()
    cluster = {"server": f"{scheme}://cluster.test", "proxy-url": "http://me:secret@127.0.0.1:1"}
    config["clusters"][0]["cluster"] = cluster
    assert unreachable(connect_with(config, tmp_path)) == (
        "Unable to connect to the server: proxyconnect tcp: tcp 127.0.0.1:1: connection refused"
    )


@pytest.mark.parametrize(
    ("headers", "problem"),
    [
        ({f"x-{number}": "a" for number in range(150)}, "the answer has more than 100 headers"),
        ({"x": "a" * 70_000}, "the answer has a header of more than 64 KiB"),
    ],
)
def test_headers_beyond_what_can_be_read_are_told_at_once(
    api: FakeAPI, tmp_path: Path, headers: dict[str, str], problem: str
) -> None:
    api.fault = lambda request: Canned(200, {}, headers)
    assert unreachable(connect_to(api, tmp_path)) == f"Unable to connect to the server: {problem}"
    assert len(api.requests) == 1


def test_a_proxy_of_the_environment_is_not_used_for_this_machine(
    api: FakeAPI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert answered(Client(connect_to(api, tmp_path))).ok


def _flat(server: str) -> JSON:
    return {
        "current-context": "x",
        "contexts": [{"name": "x", "context": {"cluster": "x", "user": "x"}}],
        "clusters": [{"name": "x", "cluster": {"server": server}}],
        "users": [{"name": "x", "user": {}}],
    }
