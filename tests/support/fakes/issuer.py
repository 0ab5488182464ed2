"""An OpenID Connect provider inside the test process, over TLS: metadata, and tokens for a refresh-token."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl

from kubectl_refs.core.model.objects import JSON
from tests.support.fakes.api import FakeAPI
from tests.support.fakes.http import Canned, Request

_FOLDER = Path(__file__).with_name("tls")
CERTIFICATE = _FOLDER / "issuer-cert.pem"
"""Self-signed, for 127.0.0.1, valid until 2126."""
CLIENT, SECRET = "refs", "s/ecret"
LATER, PAST = 2**40, 1


def jwt(claims: JSON) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{payload}.sig"


class FakeIssuer:
    """The provider. Its id-tokens expire at `ends`, and it accepts each refresh-token once: r1, then r2, and so on.

    `wants` says where the provider looks for the client's id and secret: in the "header" or in the "form". `metadata`
    and `answer` replace its own answers.
    """

    def __init__(self) -> None:
        self.ends: float = LATER
        self.wants = "header"
        self.metadata: Canned | None = None
        self.answer: Canned | None = None
        self._refreshes = 1
        self._http = FakeAPI(tls=(CERTIFICATE, _FOLDER / "issuer-key.pem"))
        self._http.fault = self._respond

    def __enter__(self) -> Self:
        self._http.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.__exit__(kind, error, trace)

    @property
    def url(self) -> str:
        return self._http.url

    @property
    def asked(self) -> list[str]:
        """The paths asked for so far."""
        return self._http.paths

    @property
    def forms(self) -> list[dict[str, str]]:
        """The fields of the requests for a token."""
        return [dict(parse_qsl(each.body.decode())) for each in self._http.requests if each.method == "POST"]

    def token(self, number: int) -> str:
        """The id-token issued together with the refresh-token of this number."""
        return jwt({"sub": f"jane-{number}", "exp": self.ends})

    def user(self, **config: Any) -> dict[str, Any]:
        """A kubeconfig user whose token has expired; keywords, with underscores for dashes, replace fields."""
        fields: dict[str, Any] = {
            "idp-issuer-url": self.url,
            "idp-certificate-authority": str(CERTIFICATE),
            "client-id": CLIENT,
            "client-secret": SECRET,
            "id-token": jwt({"exp": PAST}),
            "refresh-token": "r1",
        }
        fields |= {key.replace("_", "-"): value for key, value in config.items()}
        kept = {key: value for key, value in fields.items() if value is not None}
        return {"auth-provider": {"name": "oidc", "config": kept}}

    def _respond(self, request: Request) -> Canned:
        if request.path == "/.well-known/openid-configuration":
            return self.metadata or Canned(body={"issuer": self.url, "token_endpoint": f"{self.url}/token"})
        if request.path != "/token" or request.method != "POST":
            return Canned(404, "not here")
        form = dict(parse_qsl(request.body.decode()))
        if not self._knows(request, form):
            return Canned(401, {"error": "invalid_client"})
        if form.get("grant_type") != "refresh_token" or form.get("refresh_token") != f"r{self._refreshes}":
            return Canned(400, {"error": "invalid_grant", "error_description": "the token was used before"})
        if self.answer is not None:
            return self.answer
        self._refreshes += 1
        tokens = {"id_token": self.token(self._refreshes), "refresh_token": f"r{self._refreshes}"}
        return Canned(body={"access_token": "a", "token_type": "Bearer", **tokens})

    def _knows(self, request: Request, form: Mapping[str, str]) -> bool:
        if self.wants == "form":
            return (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
        login = base64.b64encode(b"refs:s%2Fecret").decode()
        return request.header("authorization") == [f"Basic {login}"]
