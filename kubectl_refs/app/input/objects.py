"""The objects a command is about: named on the command line or found by manifests, on a cluster or in files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kubectl_refs.app.input.selection import ObjectArgument, parse, resolve
from kubectl_refs.app.input.source import Inputs
from kubectl_refs.core.attachment.route_kinds import wrong_kinds
from kubectl_refs.core.fields.extraction import references_of
from kubectl_refs.core.model.kinds import NAMESPACE
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.view.catalog import Catalog, ServedKind
from kubectl_refs.core.view.reads import Answer, Get, List, Source
from kubectl_refs.manifests.source import Manifests
from kubectl_refs.process.errors import UNKNOWN, RefsError, not_found, unread, usage

_DOING = {"why": "explain"}
"""What a command does with objects, where its name is no verb."""


@dataclass(frozen=True, slots=True)
class Question:
    """The objects found, where to read more, and an error for each object that could not be had."""

    source: Source
    objects: tuple[JSON, ...]
    problems: tuple[RefsError, ...] = ()


def ask(inputs: Inputs, arguments: Sequence[str], command: str = "why", *, whole_namespace: bool = False) -> Question:
    """Find the objects that arguments name; without arguments, every object of the manifests that holds references.

    With `whole_namespace` the same goes for a namespace of a cluster, where one is named. `command` is who asks.
    """
    wanted = parse(arguments)
    if not wanted and not inputs.files and not (whole_namespace and inputs.namespace):
        ways = "TYPE/NAME, TYPE NAME, a namespace with -n," if whole_namespace else "TYPE/NAME, TYPE NAME,"
        raise usage(f"You must specify what to {_DOING.get(command, command)}: {ways} or manifests with -f")
    source, namespace = inputs.open()
    refuse_emptiness(source, command)
    if isinstance(source, Manifests):
        return _in_manifests(source, namespace, wanted)
    if not wanted:
        return _in_namespace(source, namespace or "")
    return _in_cluster(source, namespace or "", wanted)


def refuse_emptiness(source: Source, command: str) -> None:
    """RefsError for manifests that hold no object at all, as kubectl apply has it: there is nothing to answer about."""
    if isinstance(source, Manifests) and not source.objects:
        raise usage(f"no objects passed to {command}")


def lacks_namespace(source: Source, namespace: str) -> bool:
    """Whether a cluster says that it has no such namespace."""
    there = Get(ObjectKey(NAMESPACE.group, NAMESPACE.kind, "", namespace), metadata_only=True)
    return source.catalog.live and source.read([there])[there].absent


def _in_namespace(cluster: Source, namespace: str) -> Question:
    """Every object of a namespace that may hold references; a kind that could not be listed is a problem.

    Storage, the one core kind of the table, is explained where it is named.
    """
    kinds = (kind for kind in cluster.catalog.table.referrers if kind.group != "")
    served = ((kind, cluster.catalog.served(kind)) for kind in kinds)
    answers = cluster.read([List(kind, namespace) for kind, known in served if known is None or known.namespaced])
    problems = [
        unread(answer.failure.http_status, answer.failure.message)
        for answer in answers.values()
        if answer.failure is not None
    ]
    objects = tuple(obj for answer in answers.values() for obj in answer.objects if _refers(obj, cluster.catalog))
    if not objects and not problems and lacks_namespace(cluster, namespace):
        problems = [not_found("namespaces", namespace)]
        return Question(cluster, (), tuple(problems))
    # What was not listed leaves something open; it was not asked for by name.
    return Question(cluster, objects, tuple(RefsError(problem.line, UNKNOWN) for problem in problems))


def _in_cluster(cluster: Source, namespace: str, wanted: Sequence[ObjectArgument]) -> Question:
    gets: dict[Get, ServedKind] = {}
    for each in wanted:
        kind = _explainable(cluster.catalog, each)
        gets[Get(ObjectKey(kind.group, kind.kind, namespace if kind.namespaced else "", each.name))] = kind
    answers = cluster.read(gets)
    objects = tuple(obj for get in gets if (obj := answers[get].object) is not None)
    problems = [_problem(kind, get, answers[get]) for get, kind in gets.items() if answers[get].object is None]
    absent = not objects and any(answers[get].absent and kind.namespaced for get, kind in gets.items())
    if absent and lacks_namespace(cluster, namespace):
        # As kubectl does: where the namespace itself is missing, that is what there is to say.
        problems = [not_found("namespaces", namespace)]
    return Question(cluster, objects, tuple(problems))


def _problem(kind: ServedKind, get: Get, answer: Answer) -> RefsError:
    if answer.failure is not None:
        return unread(answer.failure.http_status, answer.failure.message)
    return not_found(kind.qualified, get.key.name)


def _in_manifests(manifests: Manifests, namespace: str | None, wanted: Sequence[ObjectArgument]) -> Question:
    here = [obj for obj in manifests.objects if namespace in (None, key_of(obj).namespace)]
    if not wanted:
        return Question(manifests, tuple(obj for obj in here if _refers(obj, manifests.catalog)))
    objects: list[JSON] = []
    problems: list[RefsError] = []
    # A kind has several names: the same object may have been asked for by two of them.
    for kind, name in dict.fromkeys((_explainable(manifests.catalog, each), each.name) for each in wanted):
        found = [obj for obj in here if key_of(obj).group_kind == kind.group_kind and key_of(obj).name == name]
        objects += found
        if not found:
            problems.append(not_found(kind.qualified, name))
    return Question(manifests, tuple(objects), tuple(problems))


def _refers(obj: JSON, catalog: Catalog) -> bool:
    """Whether there is anything to explain of an object: a reference, or what stands in the place of one."""
    return any(references_of(obj, catalog.table)) or any(wrong_kinds(obj))


def _explainable(catalog: Catalog, wanted: ObjectArgument) -> ServedKind:
    if not wanted.name:
        resolve(catalog, wanted.type)
        raise usage("resource(s) were provided, but no name was specified")
    return referrer_kind(catalog, wanted.type)


def referrer_kind(catalog: Catalog, word: str) -> ServedKind:
    """The kind that a TYPE names; RefsError for one that is not served, or that is not known to hold references."""
    kind = resolve(catalog, word)
    if catalog.table.fields_of(kind.group_kind):
        return kind
    raise usage(f"{kind.qualified} hold no references that this version knows; the command 'kinds' lists those that do")
