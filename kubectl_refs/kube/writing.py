"""Writing ReferenceGrants, one request each, under one field manager and never over what somebody else wrote.

A new grant is created, which the server refuses where one of its name exists: applying would replace a grant that
another run of this program made a moment ago, since one manager does not conflict with itself. An existing one is
patched with a `test` of its whole spec. What came in between is found out and told, not overcome.
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

_JSON_PATCH = "application/json-patch+json"
_MISSING, _CONFLICT, _INVALID, _TIMEOUT = 404, 409, 422, 504
_SOMETHING_ELSE = "the server's answer is not the grant that was asked for"


@dataclass(frozen=True, slots=True)
class Written:
    """The object as the server answered it."""

    object: JSON


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody else made the same grant first, so that nothing is left to write; the object as it is."""

    object: JSON


@dataclass(frozen=True, slots=True)
class Overtaken:
    """Somebody else changed the object first, so that nothing was written; `message` says what, without a full stop."""

    message: str


@dataclass(frozen=True, slots=True)
class Lost:
    """The change was sent, and `message` says why no answer tells whether it was made."""

    message: str


Result = Written | Present | Overtaken | Lost | Failure


class Applier:
    """Makes changes with a client; with `dry_run` the server does everything but keep them."""

    def __init__(self, client: Client, *, dry_run: bool = False) -> None:
        self._client = client
        self._params = {"fieldManager": FIELD_MANAGER, **({"dryRun": "All"} if dry_run else {})}

    def apply(self, change: Change) -> Result:
        """Make one change. With a Failure it was not made."""
        return self._create(change) if change.before is None else self._patch(change)

    def _create(self, change: Change) -> Result:
        answer = self._client.send("POST", _collection(change.after), change.after, params=self._params)
        if isinstance(answer, Response) and answer.status == _CONFLICT:
            return self._same_name(change) or answer.failure
        return _result(answer, change)

    def _same_name(self, change: Change) -> Present | Overtaken | None:
        """What stands where a grant was to be created; None where that cannot be told."""
        there = self._client.get(_path(change.after))
        if isinstance(there, Failure) or not there.ok or not _is_grant(there.body, change):
            return None
        if there.body.get("spec") == change.after["spec"]:
            return Present(there.body)
        return Overtaken(f"ReferenceGrant {change.grant} exists by now, and it is another one")

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


def _collection(manifest: JSON) -> str:
    """The URL's path of the grants of a namespace, in the version that a manifest is written in."""
    namespace = quote(text(at(manifest, "metadata", "namespace")) or "", safe="")
    return f"/apis/{manifest['apiVersion']}/namespaces/{namespace}/referencegrants"


def _path(manifest: JSON) -> str:
    return f"{_collection(manifest)}/{quote(text(at(manifest, 'metadata', 'name')) or '', safe='')}"


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
