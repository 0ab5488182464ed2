"""Candidates for a word on the command line: names of the kubeconfig, types and names of the live cluster.

Everything is best effort: completion.py swallows any error in making a list.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kubectl_refs.app.input.source import Inputs
from kubectl_refs.cli.completion import limit
from kubectl_refs.cli.connection import input_arguments
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.kinds import NAMESPACE, REFERENCE_GRANT
from kubectl_refs.core.model.objects import GroupKind
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.view.reads import List
from kubectl_refs.kube.config.kubeconfig import Kubeconfig, load

if TYPE_CHECKING:
    from kubectl_refs.kube.cluster import Cluster

TARGETS = ("services", "secrets", "configmaps")
GRANTS = "referencegrants"


def contexts(ctx: click.Context) -> Iterable[str]:
    return _kubeconfig(ctx).contexts


def clusters(ctx: click.Context) -> Iterable[str]:
    return _kubeconfig(ctx).clusters


def users(ctx: click.Context) -> Iterable[str]:
    return _kubeconfig(ctx).users


def namespaces(ctx: click.Context) -> Iterable[str]:
    return _names(_place(ctx).cluster(), NAMESPACE, None)


def codes(ctx: click.Context) -> Iterable[str]:
    return [*(code.slug for code in Code), *map(str, Code)]


def granted(ctx: click.Context, given: Sequence[str], incomplete: str) -> Iterable[str]:
    """The names of ReferenceGrants, except those given already."""
    inputs = _place(ctx)
    cluster = inputs.cluster()
    names = _names(cluster, REFERENCE_GRANT, inputs.namespace or cluster.namespace)
    return [name for name in names if name not in given]


def referrers(ctx: click.Context, given: Sequence[str], incomplete: str) -> Iterable[str]:
    """TYPE, TYPE/NAME, or the names after a TYPE, of kinds that hold references; except words given already."""
    inputs = _place(ctx)
    cluster = inputs.cluster()
    type_, slash, _ = incomplete.partition("/")
    if given and "/" not in given[0] and not slash:
        found = _of_type(cluster, given[0], inputs)
    elif slash:
        found = [f"{type_}/{name}" for name in _of_type(cluster, type_, inputs)]
    else:
        found = _types(cluster)
    return [word for word in found if word not in given]


def explained(ctx: click.Context, given: Sequence[str], incomplete: str) -> Iterable[str]:
    """The objects that why accepts: those that hold references, those that are referenced, and ReferenceGrants."""
    found = list(drawn(ctx, given, incomplete))
    return found if "/" in incomplete or given else [*found, GRANTS]


def drawn(ctx: click.Context, given: Sequence[str], incomplete: str) -> Iterable[str]:
    """The objects of a graph: those that hold references, and those of the kinds most often referenced."""
    found = list(referrers(ctx, given, incomplete))
    return found if "/" in incomplete or given else [*found, *TARGETS]


def checkable(ctx: click.Context, given: Sequence[str], incomplete: str) -> Iterable[str]:
    """TYPE, also after a comma, or TYPE/NAME: as for referrers, and ReferenceGrants."""
    if "/" in incomplete:
        return referrers(ctx, given, incomplete)
    before, comma, _ = incomplete.rpartition(",")
    there = [*given, *before.split(",")]
    return [*types(ctx, given, incomplete), *(f"{before}{comma}{word}" for word in (GRANTS,) if word not in there)]


def types(ctx: click.Context, given: Sequence[str], incomplete: str) -> Iterable[str]:
    """TYPE, also after a comma, of the kinds that hold references; except types given already."""
    before, comma, _ = incomplete.rpartition(",")
    there = [*given, *before.split(",")]
    return [f"{before}{comma}{word}" for word in _types(_place(ctx).cluster()) if word not in there]


def supposed(ctx: click.Context, given: Sequence[str], incomplete: str) -> Iterable[str]:
    """The two words of can-i: the type of the referrer, and a type or an object that is referenced."""
    if not given:
        return referrers(ctx, (), incomplete)
    type_, slash, _ = incomplete.partition("/")
    if not slash:
        return [f"{word}/" for word in TARGETS]
    inputs = _place(ctx)
    return [f"{type_}/{name}" for name in _of_type(inputs.cluster(), type_, inputs)]


def _types(cluster: Cluster) -> list[str]:
    catalog = cluster.catalog
    return sorted({kind.plural for each in catalog.table.referrers if (kind := catalog.served(each)) is not None})


def _of_type(cluster: Cluster, word: str, inputs: Inputs) -> Iterable[str]:
    kind = cluster.catalog.resolve(word)
    return () if kind is None else _names(cluster, kind.group_kind, inputs.namespace or cluster.namespace)


def _names(cluster: Cluster, kind: GroupKind, namespace: str | None) -> list[str]:
    read = List(kind, namespace, metadata_only=True)
    return [key_of(obj).name for obj in cluster.read([read])[read].objects]


def _place(ctx: click.Context) -> Inputs:
    """The inputs that the words so far mean. No command has run, so the flags in front of it are looked up as well."""
    given: dict[str, Any] = {}
    for each in (ctx.parent, ctx):
        given |= {name: value for name, value in (each.params if each else {}).items() if value not in (None, ())}
    if "namespaces" in given:
        given["namespace"] = given["namespaces"][-1]
    flags = {option.name for option in ctx.find_root().command.params}
    inputs = Inputs(**input_arguments(ctx, {name: value for name, value in given.items() if name in flags}))
    return replace(inputs, overrides=replace(inputs.overrides, timeout=limit(os.environ), verbosity=0, renews=False))


def _kubeconfig(ctx: click.Context) -> Kubeconfig:
    inputs = _place(ctx)
    home = Path(os.path.expanduser("~"))
    return load(inputs.kubeconfig, os.environ, home, timeout=inputs.overrides.limit)
