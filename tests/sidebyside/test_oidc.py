"""An OpenID Connect login: both programs renew it at the same provider, each starting from what the other one saved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.support.fakes.http import Canned
from tests.support.fakes.issuer import LATER, PAST, FakeIssuer, jwt
from tests.support.side_by_side import Seen, Sides, config, files


@pytest.fixture
def issuer() -> Iterator[FakeIssuer]:
    with FakeIssuer() as server:
        yield server


def write(sides: Sides, issuer: FakeIssuer, **fields: Any) -> str:
    return sides.write("config", config("a", sides.url("a"), user=issuer.user(**fields)))


def kept(path: str) -> dict[str, str]:
    with open(path, encoding="utf-8") as file:
        fields: dict[str, str] = yaml.safe_load(file)["users"][0]["user"]["auth-provider"]["config"]
    return fields


def seen(token: str) -> frozenset[Seen]:
    return frozenset([Seen("a", "default", (("authorization", f"Bearer {token}"),))])


@pytest.mark.parametrize("wants", ["header", "form"])
def test_each_renews_what_has_ended_and_keeps_it_for_the_other(sides: Sides, issuer: FakeIssuer, wants: str) -> None:
    issuer.ends, issuer.wants = PAST, wants
    path = write(sides, issuer)
    kubectl, refs = sides(environ=files(path))
    assert (kubectl.status, refs.status) == (0, 0), (kubectl.complaint, refs.complaint)
    # An expired token is renewed for every request, and each renewal yields a new one.
    given = [form["refresh_token"] for form in issuer.forms if wants == "header" or "client_id" in form]
    assert given == [f"r{number + 1}" for number in range(len(given))]
    numbers = [next(n for n in range(len(given) + 2) if side.seen == seen(issuer.token(n))) for side in (kubectl, refs)]
    assert 1 < numbers[0] < numbers[1]
    last = {"id-token": issuer.token(len(given) + 1), "refresh-token": f"r{len(given) + 1}"}
    assert kept(path) == {**issuer.user()["auth-provider"]["config"], **last}


def test_what_one_kept_is_enough_for_the_other(sides: Sides, issuer: FakeIssuer) -> None:
    kubectl, refs = sides(environ=files(write(sides, issuer)))
    assert kubectl.seen == refs.seen == seen(issuer.token(2))
    assert len(issuer.forms) == 1


@pytest.mark.parametrize("token", [{"token": "other"}, {"username": "jane", "password": "x"}])
def test_another_credential_wins(sides: Sides, issuer: FakeIssuer, token: dict[str, str]) -> None:
    path = sides.write("config", config("a", sides.url("a"), user={**issuer.user(), **token}))
    kubectl, refs = sides(environ=files(path))
    assert refs.seen == kubectl.seen != frozenset()
    assert issuer.asked == []


@pytest.mark.parametrize(
    "fields",
    [
        {"idp_issuer_url": None},
        {"client_id": None},
        {"idp_issuer_url": None, "id_token": jwt({"exp": LATER})},
        {"id_token": "no token"},
        {"refresh_token": None},
        {"refresh_token": "r0"},
        {"idp_certificate_authority": "/nope"},
        {"idp_certificate_authority": None},
    ],
)
def test_what_cannot_be_renewed_is_told_in_the_same_words(
    sides: Sides, issuer: FakeIssuer, monkeypatch: pytest.MonkeyPatch, fields: dict[str, Any]
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    # Makes both programs ask a second time, whatever the first answer says; kubectl always does.
    issuer.wants = "form"
    kubectl, refs = sides(environ=files(write(sides, issuer, **fields)))
    assert refs.complaint == kubectl.complaint
    assert (kubectl.status, refs.status) == (1, 2)
    assert kubectl.seen == refs.seen == frozenset()


@pytest.mark.parametrize("metadata", [Canned(404, "x" * 100), Canned(body={}), Canned(body={"token_endpoint": ""})])
def test_metadata_without_an_endpoint_are_told_in_the_same_words(
    sides: Sides, issuer: FakeIssuer, metadata: Canned
) -> None:
    issuer.metadata = metadata
    kubectl, refs = sides(environ=files(write(sides, issuer)))
    assert refs.complaint == kubectl.complaint
    assert (kubectl.status, refs.status) == (1, 2)


@pytest.mark.parametrize("token", [{}, {"token": "x"}])
@pytest.mark.parametrize("name", ["gcp", "azure", "foo"])
def test_providers_that_are_gone(sides: Sides, name: str, token: dict[str, str]) -> None:
    entry = config("a", sides.url("a"), user={"auth-provider": {"name": name}, **token})
    kubectl, refs = sides(environ=files(sides.write("config", entry)))
    assert refs.complaint == kubectl.complaint != ""
    assert (kubectl.status, refs.status) == (1, 2)
