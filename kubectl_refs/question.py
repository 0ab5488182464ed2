"""The objects a command is about: named on the command line or held by manifests, on a cluster or in files."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from kubectl_refs.core.catalog import ServedKind
from kubectl_refs.core.kinds import REFERENCE_FIELDS, fields_of
from kubectl_refs.core.model import JSON, ObjectKey
from kubectl_refs.core.objects import key_of
from kubectl_refs.core.snapshot import Answer, Get, Source
from kubectl_refs.errors import RefsError, not_found, unread, usage
from kubectl_refs.selection import Wanted, check_segment, parse, resolve


@dataclass(frozen=True, slots=True)
class Place:
    """Where to look: a cluster by kubectl's flags, or manifests (`files`, `-` for standard input)."""

    namespace: str | None = None
    context: str | None = None
    kubeconfig: str | None = None
    files: Sequence[str] = ()
    recursive: bool = False

    @property
    def flags(self) -> tuple[str, ...]:
        """The flags that aim a printed kubectl command at the same cluster."""
        given = (("--context", self.context), ("--kubeconfig", self.kubeconfig))
        return tuple(word for flag, value in given if value for word in (flag, value))


@dataclass(frozen=True, slots=True)
class Question:
    """The objects found, where to read more, and an error for each object that could not be had."""

    source: Source
    objects: tuple[JSON, ...]
    problems: tuple[RefsError, ...] = ()


def ask(place: Place, arguments: Sequence[str]) -> Question:
    """Find the objects that arguments name; without arguments, every object of the manifests that holds references."""
    wanted = parse(arguments)
    if place.namespace:
        check_segment("namespace", place.namespace)
    if place.files:
        return _in_manifests(place, wanted)
    if not wanted:
        raise usage("You must specify what to explain: TYPE/NAME, TYPE NAME, or manifests with -f")
    return _in_cluster(place, wanted)


def _in_cluster(place: Place, wanted: Sequence[Wanted]) -> Question:
    # Imported here: manifests need no cluster, and --help neither.
    from kubectl_refs.kube.cluster import Cluster
    from kubectl_refs.kube.config import connect

    cluster = Cluster(connect(place.kubeconfig, place.context))
    namespace = place.namespace or cluster.namespace
    gets: dict[Get, ServedKind] = {}
    for each in wanted:
        kind = _explainable(resolve(cluster.catalog, each.type))
        gets[Get(ObjectKey(kind.group, kind.kind, namespace if kind.namespaced else "", each.name))] = kind
    answers = cluster.read(gets)
    objects = tuple(obj for get in gets if (obj := answers[get].object) is not None)
    problems = tuple(_problem(kind, get, answers[get]) for get, kind in gets.items() if answers[get].object is None)
    return Question(cluster, objects, problems)


def _problem(kind: ServedKind, get: Get, answer: Answer) -> RefsError:
    if answer.failure is not None:
        return unread(answer.failure)
    return not_found(kind.qualified, get.key.name)


def _in_manifests(place: Place, wanted: Sequence[Wanted]) -> Question:
    from kubectl_refs.manifests import load

    manifests = load(
        place.files,
        recursive=place.recursive,
        default_namespace=place.namespace or "default",
        stdin=sys.stdin.buffer if sys.stdin else None,
    )
    if not manifests.objects:
        raise usage("no objects passed to why")
    here = [obj for obj in manifests.objects if place.namespace in (None, "", key_of(obj).namespace)]
    if not wanted:
        return Question(manifests, tuple(obj for obj in here if fields_of(key_of(obj).group_kind)))
    objects: list[JSON] = []
    problems: list[RefsError] = []
    # A kind has several names: the same object may have been asked for by two of them.
    for kind, name in dict.fromkeys(
        (_explainable(resolve(manifests.catalog, each.type)), each.name) for each in wanted
    ):
        found = [obj for obj in here if key_of(obj).group_kind == kind.group_kind and key_of(obj).name == name]
        objects += found
        if not found:
            problems.append(not_found(kind.qualified, name))
    return Question(manifests, tuple(objects), tuple(problems))


def _explainable(kind: ServedKind) -> ServedKind:
    if fields_of(kind.group_kind):
        return kind
    known = sorted({referrer.kind for row in REFERENCE_FIELDS for referrer in row.referrers})
    raise usage(f"{kind.qualified} hold no references that this version explains; it explains {', '.join(known)}")
