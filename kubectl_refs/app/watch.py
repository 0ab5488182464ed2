"""`kubectl refs watch`, and -w of `check` and `grants`: the state, then every change until it is interrupted."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from kubectl_refs.app.following.following import Following, ReportedScope
from kubectl_refs.app.following.grant_findings import GrantFindings
from kubectl_refs.app.following.metrics import Metrics
from kubectl_refs.app.following.metrics_server import MetricsServer, address_of, require_client
from kubectl_refs.app.following.watched_cluster import WatchedCluster
from kubectl_refs.app.input import selection
from kubectl_refs.app.input.object_names import missing, named_object
from kubectl_refs.app.input.objects import lacks_namespace, referrer_kind
from kubectl_refs.app.input.source import Inputs
from kubectl_refs.app.input.survey import is_selected
from kubectl_refs.app.output import Output
from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.model.kinds import REFERENCE_GRANT
from kubectl_refs.core.model.objects import JSON, GroupKind
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.view.catalog import Catalog
from kubectl_refs.core.view.reads import Get
from kubectl_refs.process.errors import OK, not_found, usage
from kubectl_refs.render.formats import Shape
from kubectl_refs.render.text.style import style_for
from kubectl_refs.render.watch import (
    GAPS,
    ONLY,
    PERMISSIONS,
    DataEventRenderer,
    EventRenderer,
    TextEventRenderer,
    Writer,
    json_line,
    yaml_document,
)

GRANT_CHANGES = (PERMISSIONS, GAPS)
"""The kinds of changes to tell when only ReferenceGrants are watched."""


@dataclass(frozen=True, slots=True)
class WatchScope:
    """What to watch, as the user wrote it: types or one TYPE/NAME; `only` are kinds of changes (ONLY), none for all;
    `metrics` is the address to serve metrics on."""

    arguments: Sequence[str] = ()
    selector: str | None = None
    all_namespaces: bool = False
    only: Sequence[str] = ()
    timeout: float | None = None
    metrics: str | None = None


def watch(
    inputs: Inputs,
    scope: WatchScope,
    output: Output,
    before: Callable[[Inputs], object] | None = None,
    *,
    state_shown: bool = False,
) -> int:
    """Tell the state and what changes on standard output, until Ctrl-C or for `timeout` seconds; returns the exit
    status. `before` shows the state as read from the watched cluster, so that no change is lost in between;
    `state_shown` says that the state has been shown, or is not wanted."""
    renderer = _event_renderer(output, scope.only)
    selection.labels(scope.selector)
    if inputs.namespace:
        selection.check_segment("namespace", inputs.namespace)
    address = _address(scope.metrics)
    cluster = inputs.cluster()
    namespace = None if scope.all_namespaces else inputs.namespace or cluster.namespace
    watched = WatchedCluster(cluster, everywhere=namespace is None)
    server = None if address is None else MetricsServer(address, watched)
    try:
        if before is not None:
            before(replace(inputs, namespace=namespace, open_source=watched))
        followed = _followed(watched, scope, namespace)
        deadline = None if scope.timeout is None else time.monotonic() + scope.timeout
        _follow(watched, Following(watched, followed, renderer), deadline, server, state_shown=state_shown)
    finally:
        watched.stop()
        if server is not None:
            server.stop()
    return OK


def _address(metrics: str | None) -> tuple[str, int] | None:
    if metrics is None:
        return None
    address = address_of(metrics)
    require_client()
    return address


def _follow(
    watched: WatchedCluster,
    following: Following,
    deadline: float | None,
    server: MetricsServer | None,
    *,
    state_shown: bool,
) -> None:
    try:
        if server is not None:
            server.start()
        following.begin()
        if server is not None:
            grants = GrantFindings(watched, following.namespace)
            grants.begin()
            server.publish(Metrics(watched, following, grants))
        following.run(deadline, state_shown=state_shown)
    except KeyboardInterrupt:
        pass


def _event_renderer(output: Output, only: Sequence[str]) -> EventRenderer:
    """The teller for an output; RefsError for an unknown kind of change or an invalid template."""
    words = [word for each in only for word in each.split(",") if word]
    for word in words:
        if word not in ONLY:
            raise usage(f'invalid argument "{word}" for "--only" flag: must be one of {", ".join(ONLY)}')
    if output.shape is Shape.DATA:
        return DataEventRenderer(words, time.time, _writer(output))
    return TextEventRenderer(style_for(sys.stdout, os.environ, time.time(), output.color), words, time.time)


def _writer(output: Output) -> Writer:
    if output.template is not None:
        output.filled({})
        return output.filled
    return yaml_document if output.format == "yaml" else json_line


def _followed(watched: WatchedCluster, scope: WatchScope, namespace: str | None) -> ReportedScope:
    catalog = watched.catalog
    labels = selection.labels(scope.selector)
    if any("/" in argument for argument in scope.arguments):
        return _named(watched, scope.arguments, namespace)
    kinds = _kinds(catalog, scope.arguments)
    _require_namespace(watched, namespace)

    def here(obj: JSON) -> bool:
        return namespace in (None, key_of(obj).namespace) and is_selected(labels, obj)

    def in_scope(obj: JSON) -> bool:
        return (not kinds or key_of(obj).group_kind in kinds) and here(obj)

    def reports_grant(obj: JSON) -> bool:
        if REFERENCE_GRANT in kinds:
            return here(obj)
        entries = [each for each in Grant.parse(obj).from_ if not kinds or each.group_kind in kinds]
        places = {key_of(obj).namespace, *(each.namespace for each in entries)}
        return bool(entries or not kinds) and (namespace is None or namespace in places) and is_selected(labels, obj)

    return ReportedScope(namespace, kinds, in_scope, reports_grant)


def _require_namespace(watched: WatchedCluster, namespace: str | None) -> None:
    """Refuse a namespace that does not exist, as the other commands do."""
    if namespace is not None and lacks_namespace(watched.cluster, namespace):
        raise not_found("namespaces", namespace)


def _kinds(catalog: Catalog, arguments: Sequence[str]) -> tuple[GroupKind, ...]:
    words = [word for each in arguments for word in each.split(",") if word]
    grants = [word for word in words if selection.resolve(catalog, word).group_kind == REFERENCE_GRANT]
    others = [referrer_kind(catalog, word).group_kind for word in words if word not in grants]
    return tuple(dict.fromkeys((*others, *([REFERENCE_GRANT] if grants else ()))))


def _named(watched: WatchedCluster, arguments: Sequence[str], namespace: str | None) -> ReportedScope:
    """Follow one object. Like kubectl, a watch takes one object or a whole collection."""
    wanted = selection.parse(arguments)
    if len(wanted) > 1:
        raise usage(
            "watch is only supported on individual resources and resource collections - "
            f"{len(wanted)} resources were found"
        )
    kind = selection.resolve(watched.catalog, wanted[0].type)
    key = named_object(watched, kind, wanted[0].name, namespace)
    there = Get(key)
    if watched.read([there])[there].absent:
        _require_namespace(watched, key.namespace or None)
        raise missing(watched.catalog, kind, key.name, key.namespace)

    def is_it(obj: JSON) -> bool:
        return key_of(obj) == key

    return ReportedScope(key.namespace or None, [kind.group_kind], is_it, is_it)
