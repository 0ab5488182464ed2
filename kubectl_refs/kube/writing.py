"""Writing ReferenceGrants, one request each, under one field manager and never over what somebody else wrote.

A new grant is applied on the server's side where nothing of its name is; an existing one is patched with a `test` of
its whole spec. What came in between is found out and told, not overcome.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from kubectl_refs.core.fixes.grant_change import Change
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.values import at, key_of, text
from kubectl_refs.core.view.reads import Failure
from kubectl_refs.kube.http.client import Client
from kubectl_refs.kube.http.response import Response

FIELD_MANAGER = "kubectl-refs"

_APPLY = "application/apply-patch+yaml"
_JSON_PATCH = "application/json-patch+json"
_MISSING, _CONFLICT, _INVALID, _TIMEOUT = 404, 409, 422, 504
_SOMETHING_ELSE = "the server's answer is not the grant that was asked for"


@dataclass(frozen=True, slots=True)
class Written:
    """The object as the server answered it."""

    object: JSON


@dataclass(frozen=True, slots=True)
class Overtaken:
    """Somebody else changed the object first, so that nothing was written; `message` says what, without a full stop."""

    message: str


@dataclass(frozen=True, slots=True)
class Lost:
    """The change was sent, and `message` says why no answer tells whether it was made."""

    message: str


Result = Written | Overtaken | Lost | Failure


class Applier:
    """Makes changes with a client; with `dry_run` the server does everything but keep them."""

    def __init__(self, client: Client, *, dry_run: bool = False) -> None:
        self._client = client
        self._params = {"fieldManager": FIELD_MANAGER, **({"dryRun": "All"} if dry_run else {})}

    def apply(self, change: Change) -> Result:
        """Make one change. With a Failure it was not made."""
        return self._create(change) if change.before is None else self._patch(change)

    def _create(self, change: Change) -> Result:
        path = _path(change.after)
        # Applying alone would share an object of the same content that somebody else made and keeps.
        there = self._client.get(path)
        if isinstance(there, Failure):
            return there
        if there.ok and not _is_grant(there.body, change):
            return Failure(there.status, _SOMETHING_ELSE)
        if there.ok:
            return Overtaken(f"ReferenceGrant {change.grant} exists by now, made by somebody else")
        if not there.absent:
            return there.failure
        answer = self._client.send(
            "PATCH", path, change.after, content_type=_APPLY, params={**self._params, "force": "false"}
        )
        if isinstance(answer, Response) and answer.status == _CONFLICT:
            return Overtaken(
                f"ReferenceGrant {change.grant} was made by somebody else at the same time ({answer.message})"
            )
        return _result(answer, change)

    def _patch(self, change: Change) -> Result:
        path = _path(change.after)
        answer = self._client.send("PATCH", path, change.patch, content_type=_JSON_PATCH, params=self._params)
        if isinstance(answer, Response) and answer.status in (_MISSING, _CONFLICT, _INVALID):
            return self._overtaken(change, path) or answer.failure
        return _result(answer, change)

    def _overtaken(self, change: Change, path: str) -> Overtaken | None:
        """Whether a refused patch was refused because the grant is not what it was; its words alone do not tell."""
        now = self._client.get(path)
        if isinstance(now, Failure):
            return None
        if now.absent:
            return Overtaken(f"ReferenceGrant {change.grant} was deleted in between")
        if now.ok and _is_grant(now.body, change) and now.body.get("spec") != (change.before or {}).get("spec"):
            return Overtaken(f"ReferenceGrant {change.grant} was changed in between")
        return None


def _path(manifest: JSON) -> str:
    """The URL's path of a grant, in the version that its manifest is written in."""
    namespace, name = (quote(text(at(manifest, "metadata", field)) or "", safe="") for field in ("namespace", "name"))
    return f"/apis/{manifest['apiVersion']}/namespaces/{namespace}/referencegrants/{name}"


def _result(answer: Response | Failure, change: Change) -> Result:
    """What came of a change. A server that answers nothing, or a proxy that answers in its place, leaves it open."""
    if isinstance(answer, Failure):
        return Lost(answer.message)
    if answer.ok:
        return Written(answer.body) if _is_grant(answer.body, change) else Lost(_SOMETHING_ELSE)
    if answer.status == _TIMEOUT or (answer.status >= 500 and not answer.is_status):
        return Lost(answer.message)
    return answer.failure


def _is_grant(body: JSON, change: Change) -> bool:
    return key_of(body) == change.key
