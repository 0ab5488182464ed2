"""Changes made on a cluster: only those the caller may make, only after a diff and a yes, each reported once made."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence

from kubectl_refs.core.fixes.change import Change
from kubectl_refs.core.model.kinds import home_of
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.text.escaping import safe
from kubectl_refs.core.text.language import listing, several
from kubectl_refs.core.text.wrapping import wrapped
from kubectl_refs.core.view.reads import Failure
from kubectl_refs.kube.access import ResourceAttributes, may
from kubectl_refs.kube.cluster import Cluster
from kubectl_refs.kube.http.client import Client
from kubectl_refs.kube.writing import AlreadyCreated, Applier, Conflict, Result, UnknownOutcome, Written
from kubectl_refs.process.errors import unread

Say = Callable[[str], None]
"""Prints a line on standard error."""


def missing_verbs(client: Client, change: Change) -> tuple[str, ...] | Failure:
    """The verbs that a change needs and the caller lacks, according to the server."""
    verb, key = "create" if change.before is None else "patch", change.object
    # A create request has no name, so a right limited to names does not cover it. The API server takes a request for a
    # Namespace as one within that namespace.
    name = "" if change.before is None else key.name
    allowed = may(client, ResourceAttributes(verb, key.group, change.plural, home_of(key), name))
    if isinstance(allowed, Failure):
        return allowed
    return () if allowed else (verb,)


def missing_verbs_by_object(client: Client, changes: Sequence[Change]) -> Mapping[ObjectKey, tuple[str, ...]]:
    """The verbs that the caller lacks, for each object with any lacking; RefsError if the server does not say."""
    found = {}
    for change in changes:
        missing = missing_verbs(client, change)
        if isinstance(missing, Failure):
            raise unread(missing.http_status, missing.message)
        if missing:
            found[change.object] = missing
    return found


def confirm(changes: Sequence[Change], cluster: Cluster, width: int | None) -> bool:
    """Ask on the terminal, `width` columns wide, naming what is written and where; anything but a yes is a no, and so
    is no answer."""
    kinds = {change.object.kind for change in changes}
    (kind,) = kinds if len(kinds) == 1 else ("object",)
    names = listing([change.object.path for change in changes])
    what = f"{kind if len(changes) == 1 else several(kind)} {names}"
    context = f"context {cluster.context}, " if cluster.context else ""
    question = safe(f"Write {what} to {context}{cluster.server}? [y/N]")
    sys.stderr.write("\n".join(wrapped(question, width)) + " ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def write_all(client: Client, changes: Sequence[Change], say: Say) -> tuple[Change, ...]:
    """Make the changes in turn until one fails, and report each; returns those that were made."""
    applier = Applier(client)
    for number, change in enumerate(changes):
        result = applier.apply(change)
        if isinstance(result, (Written, AlreadyCreated)):
            say(_success_line(change, result))
            continue
        say(_failure_line(change, result))
        left = [str(each.object) for each in changes[number + 1 :]]
        if number or left:
            made = f"{number} of {len(changes)} changes were made"
            say(f"{made}; not tried: {', '.join(left)}" if left else made)
        return tuple(changes[:number])
    return tuple(changes)


def dry_run_all(client: Client, changes: Sequence[Change], say: Say) -> bool:
    """Let the server check every change without keeping it, and report; returns whether it took them all."""
    applier, fine = Applier(client, dry_run=True), True
    for change in changes:
        result = applier.apply(change)
        if isinstance(result, (Written, AlreadyCreated)):
            say(f"{_success_line(change, result)} (server dry run)")
        else:
            say(_failure_line(change, result))
            fine = False
    return fine


def _success_line(change: Change, result: Written | AlreadyCreated) -> str:
    """kubectl's three words for what became of an object."""
    if isinstance(result, AlreadyCreated):
        return f"{change.object} unchanged: somebody else has created the same"
    return f"{'created' if change.before is None else 'changed'} {change.object}"


def _failure_line(change: Change, result: Result) -> str:
    if isinstance(result, Conflict):
        return f"error: {result.message}: nothing was written to it; run the command again"
    if isinstance(result, UnknownOutcome):
        return f"error: whether {change.object} was written is not known: {result.message}"
    assert isinstance(result, Failure)
    return unread(result.http_status, result.message).line
