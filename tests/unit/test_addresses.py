"""-f takes an address as kubectl does, and every way in which that may fail is one line."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.support.running import Done, Program

ROUTE = (
    b"{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: r, namespace: a},"
    b" spec: {rules: [{backendRefs: [{name: s, port: 80}]}]}}"
)

WRONG = ROUTE.replace(b"name: s,", b"name: s, kind: Widget,")
FILES = {"/route.yaml": ROUTE, "/wrong.yaml": WRONG}


class Handler(BaseHTTPRequestHandler):
    def handle(self) -> None:
        # Otherwise a client that has given up is reported in the output of whichever test runs by then.
        with suppress(ConnectionError):
            super().handle()

    def do_GET(self) -> None:
        if self.path == "/never":
            time.sleep(3)
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "/route.yaml")
            self.end_headers()
            return
        found = FILES.get(self.path)
        self.send_response(404 if found is None else 200)
        self.end_headers()
        self.wfile.write(found or b"")

    def log_message(self, *args: object) -> None:
        """Log nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("path", ["route.yaml", "away"])
def test_manifests_at_an_address_are_read(refs: Program, address: str, path: str) -> None:
    assert refs("why", "-f", f"{address}/{path}", "--query", "summary.allowed") == Done(0, "1\n", "")


def test_what_is_at_an_address_is_no_file_of_the_repository(refs: Program, address: str) -> None:
    words = ("-f", f"{address}/wrong.yaml", "--severity", "error")
    line = f"::error title=REF023 kind-not-supported::{address}/wrong.yaml:1: HTTPRoute a/r "
    assert refs("check", *words, "-o", "github").out.startswith(line)
    (run,) = json.loads(refs("check", *words, "-o", "sarif").out)["runs"]
    (result,) = run["results"]
    assert result["message"]["text"].startswith(f"{address}/wrong.yaml:1: HTTPRoute a/r ")
    assert "physicalLocation" not in result["locations"][0]
    assert "file" not in refs("check", *words, "-o", "junit").out.partition("<failure")[0]
    (found,) = json.loads(refs("check", *words, "-o", "json").out)["findings"]
    assert found["source"] == {"file": f"{address}/wrong.yaml", "line": 1, "document": 1}


def test_an_address_with_nothing_behind_it_is_one_line_in_kubectls_words(refs: Program, address: str) -> None:
    line = f'error: unable to read URL "{address}/x", server reported 404 Not Found, status code=404\n'
    assert refs("why", "-f", f"{address}/x") == Done(2, "", line)


def test_an_address_that_does_not_answer_in_time_is_one_line(refs: Program, address: str) -> None:
    done = refs("why", "-f", f"{address}/never", "--request-timeout", "1s")
    assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)
    assert done.err.startswith(f'error: unable to read URL "{address}/never": ')


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/x", "http://", "https://[", "http://127.0.0.1:0x/"])
def test_an_address_that_is_none_is_one_line(refs: Program, url: str) -> None:
    done = refs("why", "-f", url)
    assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)
    assert done.err.startswith(f'error: unable to read URL "{url}"')
