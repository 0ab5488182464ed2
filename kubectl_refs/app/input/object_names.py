"""Which object a TYPE/NAME means: names may hold dots, and the part after the last dot may be a namespace.

An object with exactly that name in the namespace asked about wins. If there is none, NAME.NAMESPACE means an object in
another namespace, so that names printed in tables and findings can be pasted.
"""

from __future__ import annotations

from kubectl_refs.app.input.selection import service_host
from kubectl_refs.core.model.kinds import SERVICE
from kubectl_refs.core.model.names import is_label
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.text.language import listing
from kubectl_refs.core.view.catalog import Catalog, ServedKind
from kubectl_refs.core.view.reads import Failure, Get, List, Source
from kubectl_refs.process.errors import RefsError, not_found, unread, usage


def elsewhere(kind: ServedKind, name: str) -> tuple[str, str] | None:
    """The name and the namespace in NAME.NAMESPACE; None if a name cannot be read so."""
    before, _, namespace = name.rpartition(".")
    return (before, namespace) if before and kind.namespaced and is_label(namespace) else None


def missing(catalog: Catalog, kind: ServedKind, name: str, namespace: str | None) -> RefsError:
    """The error that no object has this name, nor the one it might otherwise mean. A cluster's error is in its server's
    words, that for manifests in our own, since no server was asked."""
    if catalog.live:
        error = not_found(kind.qualified, name)
    else:
        within = f" in namespace {namespace}" if namespace and kind.namespaced else ""
        error = usage(f'the manifests have no {kind.kind} "{name}"{within}')
    there = elsewhere(kind, name)
    return error if there is None else RefsError(f'{error.line}, nor "{there[0]}" in namespace {there[1]}')


def unreadable(kind: ServedKind, name: str, failure: Failure) -> RefsError:
    """The error that neither an object nor the other one that its name might mean could be read."""
    error = unread(failure.http_status, failure.message)
    there = elsewhere(kind, name)
    if there is None:
        return error
    other, namespace = there
    either = f'"{other}" in namespace {namespace} could not be read either'
    return RefsError(f"{error.line}; {either}: if that is meant, name {other} with -n {namespace}", error.status)


def named_object(source: Source, kind: ServedKind, name: str, namespace: str | None) -> ObjectKey:
    """The object that a name means; without a namespace (None), the only one of that name in the manifests. If none
    exists, the name is taken literally, except for a Service, whose name has no dots. RefsError if several are meant,
    or if the meaning cannot be told."""
    if not kind.namespaced:
        return ObjectKey(kind.group, kind.kind, "", name)
    other = (kind.group_kind == SERVICE and service_host(name)) or elsewhere(kind, name)
    there = None if other is None else ObjectKey(kind.group, kind.kind, other[1], other[0])
    if there is not None and kind.group_kind == SERVICE:
        return there
    if namespace is None:
        read = List(kind.group_kind, None, name=name)
        found = [key_of(obj) for obj in source.read([read])[read].objects]
        if len(found) > 1:
            places = listing(sorted(key.namespace for key in found))
            raise usage(f'{kind.qualified} "{name}" is in several namespaces ({places}): -n says which is meant')
        return found[0] if found else there or ObjectKey(kind.group, kind.kind, "default", name)
    here = ObjectKey(kind.group, kind.kind, namespace, name)
    if there is None:
        return here
    reads = {key: Get(key, metadata_only=True) for key in (here, there)}
    answers = source.read(reads.values())
    own, far = answers[reads[here]], answers[reads[there]]
    if own.failure is not None and far.failure is not None:
        raise unreadable(kind, name, own.failure)
    # The object in the other namespace may exist without being readable; the error then says that it may not be read.
    meant = own.object is None and (far.object is not None or (own.absent and not far.known))
    return there if meant else here
