"""Tokens of an OpenID Connect provider: sent until they expire, renewed afterwards, kept in the kubeconfig."""

from __future__ import annotations

import base64
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from kubectl_refs.kube.config import rewriting
from kubectl_refs.kube.config.overrides import NOTHING, Overrides
from kubectl_refs.kube.connecting import connection
from kubectl_refs.kube.http.client import Client
from kubectl_refs.process.errors import RefsError
from tests.support.fakes.api import USER, FakeAPI
from tests.support.fakes.http import Canned
from tests.support.fakes.issuer import CERTIFICATE, CLIENT, LATER, PAST, SECRET, FakeIssuer, jwt

UNABLE = "Unable to connect to the server: "


@pytest.fixture
def issuer() -> Iterator[FakeIssuer]:
    with FakeIssuer() as server:
        yield server


@pytest.fixture
def ask(secure: FakeAPI, tmp_path: Path) -> Callable[..., Client]:
    """Makes a request as a user, or as the user in the existing file, and returns the client."""

    def run(user: dict[str, Any] | None = None, overrides: Overrides = NOTHING, **environ: str) -> Client:
        path = tmp_path / "config"
        if user is not None:
            path.write_text(yaml.safe_dump(secure.kubeconfig(**user)), encoding="utf-8")
        made = connection(str(path), None, environ, tmp_path, tmp_path / "no-service-account", overrides)
        client = Client(made)
        client.get("/apis")
        return client

    return run


def sent(api: FakeAPI) -> list[str]:
    return [value.removeprefix("Bearer ") for request in api.requests for value in request.header("authorization")]


def kept(path: Path) -> dict[str, str]:
    """The fields of the auth-provider in a kubeconfig file."""
    (user,) = (each["user"] for each in yaml.safe_load(path.read_text())["users"] if each["name"] == USER)
    fields: dict[str, str] = user["auth-provider"]["config"]
    return fields


def test_a_token_is_sent_while_it_lasts(issuer: FakeIssuer, secure: FakeAPI, ask: Callable[..., Client]) -> None:
    token = jwt({"exp": LATER})
    ask(issuer.user(id_token=token))
    assert (sent(secure), issuer.asked) == ([token], [])


@pytest.mark.parametrize("old", [jwt({"exp": PAST}), jwt({}), "", None])
def test_a_token_that_has_ended_is_renewed_and_both_are_kept(
    issuer: FakeIssuer, secure: FakeAPI, ask: Callable[..., Client], tmp_path: Path, old: str | None
) -> None:
    before = issuer.user(id_token=old)
    ask(before)
    assert sent(secure) == [issuer.token(2)]
    assert issuer.forms == [{"grant_type": "refresh_token", "refresh_token": "r1"}]
    expected = before["auth-provider"]["config"] | {"id-token": issuer.token(2), "refresh-token": "r2"}
    assert kept(tmp_path / "config") == expected


def test_the_next_run_uses_what_was_kept(
    issuer: FakeIssuer, secure: FakeAPI, ask: Callable[..., Client], tmp_path: Path
) -> None:
    ask(issuer.user())
    ask()
    assert (sent(secure), len(issuer.forms)) == ([issuer.token(2)] * 2, 1)
    issuer.ends = PAST
    ask(issuer.user(refresh_token="r2"))
    ask()
    assert [form["refresh_token"] for form in issuer.forms] == ["r1", "r2", "r3", "r4", "r5"]


def test_a_token_that_ends_in_the_middle_is_renewed_with_the_newest_refresh_token(
    issuer: FakeIssuer, secure: FakeAPI, ask: Callable[..., Client], tmp_path: Path
) -> None:
    issuer.ends = PAST
    client = ask(issuer.user())
    issuer.ends = LATER
    client.get("/apis")
    client.get("/apis")
    # The first request found that the token it had just received was already expiring.
    assert [form["refresh_token"] for form in issuer.forms] == ["r1", "r2", "r3"]
    assert sent(secure)[1:] == [issuer.token(4)] * 2
    assert kept(tmp_path / "config")["refresh-token"] == "r4"


def test_a_provider_that_looks_for_the_secret_in_the_form_gets_it_there(
    issuer: FakeIssuer, secure: FakeAPI, ask: Callable[..., Client]
) -> None:
    issuer.wants = "form"
    ask(issuer.user())
    assert sent(secure) == [issuer.token(2)]
    assert issuer.forms[1]["client_id"] == CLIENT
    assert issuer.forms[1]["client_secret"] == SECRET


@pytest.mark.parametrize(
    "answer", [{"id_token": jwt({"exp": LATER})}, {"id_token": jwt({"exp": LATER}), "refresh_token": ""}]
)
def test_a_refresh_token_that_is_not_replaced_stays(
    issuer: FakeIssuer, ask: Callable[..., Client], tmp_path: Path, answer: dict[str, str]
) -> None:
    issuer.answer = Canned(body=answer)
    ask(issuer.user())
    assert kept(tmp_path / "config")["refresh-token"] == "r1"


@pytest.mark.parametrize("how", ["file", "data", "system"])
def test_the_provider_is_verified_by_its_authority_or_by_the_systems(
    issuer: FakeIssuer, secure: FakeAPI, ask: Callable[..., Client], monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    data = base64.b64encode(CERTIFICATE.read_bytes()).decode()
    user = {
        "file": issuer.user(),
        "data": issuer.user(idp_certificate_authority="/nope", idp_certificate_authority_data=data),
        "system": issuer.user(idp_certificate_authority=None),
    }[how]
    if how == "system":
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    ask(user)
    assert sent(secure) == [issuer.token(2)]


def test_a_provider_that_cannot_be_verified_gets_no_token(
    issuer: FakeIssuer, secure: FakeAPI, ask: Callable[..., Client], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with pytest.raises(RefsError) as caught:
        ask(issuer.user(idp_certificate_authority=None))
    url = f"{issuer.url}/.well-known/openid-configuration"
    unknown = "tls: failed to verify certificate: x509: certificate signed by unknown authority"
    assert caught.value.line == f'{UNABLE}Get "{url}": {unknown}'
    assert (issuer.asked, secure.requests) == ([], [])


@pytest.mark.parametrize(
    ("config", "line"),
    [
        ({"idp_issuer_url": None}, "error: Must provide idp-issuer-url"),
        ({"client_id": ""}, "error: Must provide client-id"),
        ({"id_token": "a.b"}, f"{UNABLE}ID Token is not a valid JWT"),
        ({"id_token": "a.?.c"}, f"{UNABLE}ID Token is not a valid JWT"),
        ({"refresh_token": None}, f"{UNABLE}No valid id-token, and cannot refresh without refresh-token"),
        ({"idp_certificate_authority": "/nope"}, "error: open /nope: no such file or directory"),
        (
            {"idp_certificate_authority": __file__},
            "error: unable to load root certificates: unable to parse bytes as PEM block",
        ),
        (
            {"idp_certificate_authority_data": "%"},
            "error: illegal base64 data in idp-certificate-authority-data",
        ),
        (
            {"idp_issuer_url": "https://127.0.0.1:1"},
            f'{UNABLE}Get "https://127.0.0.1:1/.well-known/openid-configuration": tcp 127.0.0.1:1: connection refused',
        ),
        (
            {"refresh_token": "r0"},
            f'{UNABLE}failed to refresh token: oauth2: "invalid_grant" "the token was used before"',
        ),
    ],
)
def test_what_cannot_be_renewed_is_an_error_and_never_an_anonymous_request(
    issuer: FakeIssuer, secure: FakeAPI, ask: Callable[..., Client], config: dict[str, Any], line: str
) -> None:
    with pytest.raises(RefsError) as caught:
        ask(issuer.user(**config))
    assert caught.value.line == line
    assert secure.requests == []


LONG = "x" * 100


@pytest.mark.parametrize(
    ("metadata", "problem"),
    [
        (Canned(404, LONG), f'oidc: failed to query metadata endpoint 404 Not Found: "{LONG[:80]}..."'),
        (Canned(302, "", {"Location": "/elsewhere"}), 'oidc: failed to query metadata endpoint 302 Found: ""'),
        (Canned(body="<html>"), "oidc: failed to decode provider discovery object: it is not JSON"),
        (Canned(body={}), "oidc: discovery object doesn't contain a token_endpoint"),
    ],
)
def test_metadata_that_name_no_endpoint_are_an_error(
    issuer: FakeIssuer, ask: Callable[..., Client], metadata: Canned, problem: str
) -> None:
    issuer.metadata = metadata
    with pytest.raises(RefsError) as caught:
        ask(issuer.user())
    assert caught.value.line == UNABLE + problem


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (Canned(body={"access_token": "a"}), 'token response did not contain an id_token, either the scope "openid"'),
        (Canned(body="<html>"), "token response did not contain an id_token"),
        (Canned(500, f"no {SECRET}"), "failed to refresh token: oauth2: cannot fetch token: 500 Internal Server Error"),
        (Canned(reset=True), 'failed to refresh token: Post "'),
    ],
)
def test_an_answer_without_a_token_is_an_error_and_the_file_stays(
    issuer: FakeIssuer, ask: Callable[..., Client], tmp_path: Path, answer: Canned, problem: str
) -> None:
    issuer.answer = answer
    user = issuer.user()
    with pytest.raises(RefsError) as caught:
        ask(user)
    assert caught.value.line.startswith(UNABLE + problem)
    assert SECRET not in caught.value.line
    assert kept(tmp_path / "config") == user["auth-provider"]["config"]


def test_where_a_run_may_end_at_any_moment_nothing_is_renewed(issuer: FakeIssuer, ask: Callable[..., Client]) -> None:
    with pytest.raises(RefsError, match="the id-token has ended"):
        ask(issuer.user(), Overrides(renews=False))
    assert issuer.asked == []


@pytest.mark.parametrize("mode", [0o600, 0o640])
def test_the_file_keeps_its_rights_and_what_else_it_says(
    issuer: FakeIssuer, ask: Callable[..., Client], secure: FakeAPI, tmp_path: Path, mode: int
) -> None:
    (tmp_path / "folder").mkdir()
    file, link = tmp_path / "folder" / "real", tmp_path / "config"
    content = f"# Mine.\n{yaml.safe_dump(secure.kubeconfig(**issuer.user()))}# The end.\n"
    file.write_text(content, encoding="utf-8")
    file.chmod(mode)
    link.symlink_to(file)
    ask()
    assert link.is_symlink()
    assert stat.S_IMODE(file.stat().st_mode) == mode
    old, new = (set(text.splitlines()) for text in (content, file.read_text()))
    assert {line.split(":")[0].strip() for line in old - new} == {"id-token", "refresh-token"}
    assert {line.split(":")[0].strip() for line in new - old} == {"id-token", "refresh-token"}
    assert sorted(each.name for each in tmp_path.rglob("*")) == ["config", "folder", "real"]


def test_the_file_that_defines_the_user_is_the_one_that_changes(
    issuer: FakeIssuer, secure: FakeAPI, tmp_path: Path
) -> None:
    whole = secure.kubeconfig(**issuer.user())
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_text(yaml.safe_dump({**whole, "users": []}))
    second.write_text(yaml.safe_dump({"users": whole["users"]}))
    before = first.read_text()
    connection(None, None, {"KUBECONFIG": f"{first}:{second}"}, tmp_path, tmp_path / "none")
    assert first.read_text() == before
    assert kept(second)["refresh-token"] == "r2"


def test_a_file_that_cannot_be_written_is_told_before_the_refresh_token_is_used(
    issuer: FakeIssuer, ask: Callable[..., Client], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewriting, "_PAUSE", 0)
    (tmp_path / "config.lock").touch()
    with pytest.raises(RefsError) as caught:
        ask(issuer.user())
    assert caught.value.line == f"{UNABLE}could not persist new tokens: open {tmp_path}/config.lock: file exists"
    assert issuer.asked == []
    assert (tmp_path / "config.lock").exists()
