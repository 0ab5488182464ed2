"""Writing changes, one request each, under one field manager and never over what somebody else wrote.

A new grant is created, which the server refuses if one of that name exists: applying would replace a grant that another
run of this program made a moment ago, since a manager does not conflict with itself. An existing object is patched with
a `test` of everything the change relies on. Changes made in between are detected and reported, not overwritten.
"""

from __future__ import annotations

from urllib.parse import quote

from kubectl_refs.core.fixes.change import Change
from kubectl_refs.core.fixes.json_patch import passes
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.view.reads import Failure
from kubectl_refs.kube.http.client import Client
from kubectl_refs.kube.http.response import Response

FIELD_MANAGER = "kubectl-refs"

_JSON_PATCH = "application/json-patch+json"
_MISSING, _CONFLICT, _INVALID, _TIMEOUT = 404, 409, 422, 504
_UNEXPECTED_ANSWER = "the server's answer is not the object that was asked for"


@dataclass(frozen=True, slots=True)
class Written:
    """The change was made; `object` is the server's answer."""

    object: JSON


@dataclass(frozen=True, slots=True)
class AlreadyCreated:
    """Somebody else made the same grant first, so there is nothing left to write; `object` is that grant."""

    object: JSON


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody else changed the object first, so that nothing was written; `message` says what, without a full stop."""

    message: str


@dataclass(frozen=True, slots=True)
class UnknownOutcome:
    """The change was sent, and `message` says why no answer tells whether it was made."""

    message: str


Result = Written | AlreadyCreated | Conflict | UnknownOutcome | Failure


class Applier:
    """Makes changes with a client; with `dry_run` the server does everything except keep them."""

    def __init__(self, client: Client, *, dry_run: bool = False) -> None:
        self._client = client
        self._params = {"fieldManager": FIELD_MANAGER, **({"dryRun": "All"} if dry_run else {})}

    def apply(self, change: Change) -> Result:
        """Make one change. A Failure means that it was not made."""
        return self._create(change) if change.before is None else self._patch(change)

    def _create(self, change: Change) -> Result:
        answer = self._client.send("POST", _collection(change), change.after, params=self._params)
        if isinstance(answer, Response) and answer.status == _CONFLICT:
            return self._existing_grant(change) or answer.failure
        return _result(answer, change)

    def _existing_grant(self, change: Change) -> AlreadyCreated | Conflict | None:
        """What exists where a grant was to be created; None if that cannot be told."""
        there = self._client.get(_path(change))
        if isinstance(there, Failure) or not there.ok or not _is_object(there.body, change):
            return None
        if there.body.get("spec") == change.after["spec"]:
            return AlreadyCreated(there.body)
        return Conflict(f"{change.object} exists by now, and it is another one")

    def _patch(self, change: Change) -> Result:
        path = _path(change)
        answer = self._client.send("PATCH", path, change.patch, content_type=_JSON_PATCH, params=self._params)
        if isinstance(answer, Response) and answer.status in (_MISSING, _CONFLICT, _INVALID):
            return self._conflict(change, path) or answer.failure
        return _result(answer, change)

    def _conflict(self, change: Change, path: str) -> Conflict | None:
        """Find out whether a patch was refused because the object has changed; the answer alone does not tell."""
        now = self._client.get(path)
        if isinstance(now, Failure):
            return None
        if now.absent:
            return Conflict(f"{change.object} was deleted in between")
        if now.ok and _is_object(now.body, change) and not passes(now.body, change.patch):
            return Conflict(f"{change.object} was changed in between")
        return None


def _collection(change: Change) -> str:
    """The URL's path for the objects of a change's kind and namespace, in the version they were read in."""
    version, namespace = change.after["apiVersion"], change.object.namespace
    within = f"/namespaces/{quote(namespace, safe='')}" if namespace else ""
    return f"{'/apis' if change.object.group else '/api'}/{version}{within}/{change.plural}"


def _path(change: Change) -> str:
    return f"{_collection(change)}/{quote(change.object.name, safe='')}"


def _result(answer: Response | Failure, change: Change) -> Result:
    """The outcome of a change. It is Lost if the server gives no answer, or a proxy answers in its place."""
    if isinstance(answer, Failure):
        return UnknownOutcome(answer.message)
    if answer.ok:
        return Written(answer.body) if _is_object(answer.body, change) else UnknownOutcome(_UNEXPECTED_ANSWER)
    if answer.status == _TIMEOUT or (answer.status >= 500 and not answer.is_status):
        return UnknownOutcome(answer.message)
    return answer.failure


def _is_object(body: JSON, change: Change) -> bool:
    return key_of(body) == change.object
