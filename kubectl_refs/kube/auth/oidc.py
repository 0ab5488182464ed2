"""Tokens of an OpenID Connect provider (`auth-provider: {name: oidc}`), renewed by client-go's rules.

An expired id-token is replaced by means of the refresh-token: the issuer's metadata names the token endpoint, whose
answer must be stored (rewriting.py), since many providers let a refresh-token be used only once. Certificates are
verified, by the provider's own authority or the system's; the kubernetes package would not do so, and would forget the
new refresh-token. Messages and order are those of client-go's plugin/pkg/client/auth/oidc.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from urllib.parse import quote_plus, urlencode

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.values import mapping, text
from kubectl_refs.process import errors
from kubectl_refs.process.files import UnreadableFileError, read_file
from kubectl_refs.process.time_limit import TIMEOUT

ID_TOKEN, REFRESH_TOKEN = "id-token", "refresh-token"

_EARLY = 10
"""Seconds before its expiry from which a token is no longer used, since clocks differ."""
_PATIENCE = 30.0
"""Seconds for a request. --request-timeout does not apply: a renewal cut short may cost the refresh-token."""
_LARGEST_ANSWER = 1 << 20
_SHOWN = 80


def validate(config: Mapping[str, str]) -> None:
    """RefsError if a provider's entry could never be used."""
    for key in ("idp-issuer-url", "client-id"):
        if not config.get(key):
            raise errors.usage(f"Must provide {key}")


def end(token: str) -> float:
    """When to renew an id-token, in seconds since the epoch; 0 if it does not say. RefsError if it is not a token."""
    try:
        _, payload, _ = token.split(".")
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except ValueError:
        raise errors.unreachable("ID Token is not a valid JWT") from None
    ends = mapping(claims).get("exp")
    return ends - _EARLY if isinstance(ends, int | float) else 0.0


def renewed(config: Mapping[str, str], environ: Mapping[str, str], timeout: float | None = TIMEOUT) -> dict[str, str]:
    """The tokens that the provider gives for the refresh-token: ID_TOKEN, and REFRESH_TOKEN if it has changed.

    `timeout` is for reading the provider's authority, in seconds, None for none.
    """
    refresh = config.get(REFRESH_TOKEN)
    if not refresh:
        raise errors.unreachable("No valid id-token, and cannot refresh without refresh-token")
    provider = _Provider(config, environ, timeout)
    answer = provider.exchange(provider.token_endpoint(config["idp-issuer-url"]), refresh)
    token = text(answer.get("id_token"))
    if token is None:
        raise errors.unreachable(
            'token response did not contain an id_token, either the scope "openid" wasn\'t requested upon login, or '
            "the provider doesn't support id_tokens as part of the refresh response"
        )
    following = text(answer.get("refresh_token")) or refresh
    return {ID_TOKEN: token, **({REFRESH_TOKEN: following} if following != refresh else {})}


class _Provider:
    """Requests to an issuer and its token endpoint."""

    def __init__(self, config: Mapping[str, str], environ: Mapping[str, str], timeout: float | None) -> None:
        # Imported here: few logins need it.
        from kubectl_refs.kube.http.tls import tls_context

        data, path = config.get("idp-certificate-authority-data"), config.get("idp-certificate-authority")
        authority = None
        try:
            if data:
                authority = base64.b64decode(data, validate=True)
            elif path:
                authority = read_file(path, timeout)
        except ValueError:
            raise errors.usage("illegal base64 data in idp-certificate-authority-data") from None
        except UnreadableFileError as error:
            raise errors.usage(str(error)) from None
        self._context = tls_context(None if authority is None else authority.decode("ascii", "ignore"))
        self._environ = environ
        self._id, self._secret = config["client-id"], config.get("client-secret", "")

    def token_endpoint(self, issuer: str) -> str:
        status, body = self._request("GET", f"{issuer.removesuffix('/')}/.well-known/openid-configuration")
        if not status.startswith("200"):
            shown = body[:_SHOWN].decode(errors="replace") + ("..." if len(body) > _SHOWN else "")
            raise errors.unreachable(f"oidc: failed to query metadata endpoint {status}: {json.dumps(shown)}")
        metadata = _parsed(body)
        if metadata is None:
            raise errors.unreachable("oidc: failed to decode provider discovery object: it is not JSON")
        endpoint = text(metadata.get("token_endpoint"))
        if not endpoint:
            raise errors.unreachable("oidc: discovery object doesn't contain a token_endpoint")
        return endpoint

    def exchange(self, endpoint: str, refresh: str) -> JSON:
        """The token endpoint's answer.

        Providers differ in where they look for the client's id and secret, so the request is repeated with them in the
        form instead of the header, unless the refresh-token itself was refused.
        """
        form = {"grant_type": "refresh_token", "refresh_token": refresh}
        status, body = self._request("POST", endpoint, form, (quote_plus(self._id), quote_plus(self._secret)))
        if status.startswith("4") and (_parsed(body) or {}).get("error") != "invalid_grant":
            secret = {"client_secret": self._secret} if self._secret else {}
            status, body = self._request("POST", endpoint, {**form, "client_id": self._id, **secret})
        answer = _parsed(body) or {}
        if not status.startswith("2"):
            # The answer itself is not shown, because it may hold anything.
            told = [json.dumps(said) for key in ("error", "error_description") if (said := text(answer.get(key)))]
            problem = " ".join(told) if told else f"cannot fetch token: {status}"
            raise errors.unreachable(f"failed to refresh token: oauth2: {problem}")
        return answer

    def _request(
        self, method: str, url: str, form: Mapping[str, str] | None = None, login: tuple[str, str] | None = None
    ) -> tuple[str, bytes]:
        """Status line and body of an answer."""
        from http.client import HTTPException

        from kubectl_refs.kube.http.pool import Pool
        from kubectl_refs.kube.http.proxy import proxy_for
        from kubectl_refs.kube.http.route import Route, basic
        from kubectl_refs.kube.http.transport_errors import describe

        headers = (
            *((("Content-Type", "application/x-www-form-urlencoded"),) if form else ()),
            *((("Authorization", basic(*login)),) if login else ()),
        )
        try:
            route = Route(url, proxy_for(url, None, self._environ), self._context if url.startswith("https:") else None)
            answer = Pool(route).request(
                method,
                url,
                headers,
                urlencode(form).encode() if form else None,
                timeout=_PATIENCE,
                silence=_PATIENCE,
            )
            body = answer.whole(time.monotonic() + _PATIENCE, _LARGEST_ANSWER)
        except (HTTPException, OSError, ValueError) as error:
            problem = describe(error, url, _PATIENCE)
            words = "" if form is None else "failed to refresh token: "
            raise errors.unreachable(f'{words}{method.capitalize()} "{url}": {problem}') from None
        return f"{answer.status} {answer.reason or ''}".strip(), body


def _parsed(body: bytes) -> JSON | None:
    try:
        answer = json.loads(body)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None
