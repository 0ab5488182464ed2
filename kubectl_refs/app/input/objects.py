"""The objects a command is about: named on the command line or found in a scope, on a cluster or in manifests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from kubectl_refs.app.input.locations import with_report_located
from kubectl_refs.app.input.object_names import elsewhere, missing, unreadable
from kubectl_refs.app.input.selection import ObjectArgument, labels, parse, refuse_with_names, resolve
from kubectl_refs.app.input.source import Inputs
from kubectl_refs.core.attachment.listener_faults import listener_faults
from kubectl_refs.core.fields.extraction import selectors_of
from kubectl_refs.core.fields.misspelt import misspelt_in
from kubectl_refs.core.model.kinds import CONFIG_MAP, REFERENCE_GRANT, SECRET, SERVICE, namespace_key
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.report import Gap, Report
from kubectl_refs.core.model.selectors import matches
from kubectl_refs.core.model.values import key_of, labels_of
from kubectl_refs.core.queries.why import investigate, investigate_each, unknown_kind_of
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.text.language import several
from kubectl_refs.core.view.catalog import Catalog, ServedKind
from kubectl_refs.core.view.holders import references_in
from kubectl_refs.core.view.reads import Answer, Get, Holding, List, Read, Source
from kubectl_refs.core.view.slimming import slim
from kubectl_refs.core.view.store import Library, library_of
from kubectl_refs.core.view.view import View
from kubectl_refs.process.errors import RefsError, not_found, unread, usage


@dataclass(frozen=True, slots=True)
class Scope:
    """Which objects are meant if none is named: those with these labels, in one namespace or in all."""

    selector: str | None = None
    all_namespaces: bool = False


WHOLE_NAMESPACE = Scope()


@dataclass(frozen=True, slots=True)
class FoundObjects:
    """The objects found, where to read more, and an error for each object that could not be read.

    `named` says whether objects were asked for by name. If not, they are those of `namespace`, or of all if it is None;
    `gaps` are the kinds that could not be listed, and `library` holds the lists of a cluster.
    """

    source: Source
    objects: tuple[JSON, ...]
    problems: tuple[RefsError, ...] = ()
    named: bool = True
    namespace: str | None = None
    gaps: tuple[Gap, ...] = ()
    library: Library | None = None

    def report(self) -> Report:
        """Explain every reference of the objects, with its place in the manifests."""
        if self.library is None:
            found = investigate(self.source, self.objects)
        else:
            # Imported here: objects that are named are read one by one.
            from kubectl_refs.app.input.prefetch import Prefetch

            found = investigate_each(Prefetch(self.source, self.library), self.library, self.objects)
        return with_report_located(replace(found, gaps=(*self.gaps, *found.gaps)), self.source)


def nothing_found(found: FoundObjects, inputs: Inputs) -> str:
    """The line, in kubectl's words, about a scope without any object that holds references."""
    where = f"{found.namespace} namespace of the manifests" if found.namespace else "the manifests"
    if not inputs.has_manifests:
        where = f"{found.namespace} namespace" if found.namespace else ""
    read = " in what could be read" if found.gaps else ""
    return f"No resources with references found{' in ' if where else ''}{where}{read}."


def find_objects(
    inputs: Inputs, arguments: Sequence[str], scope: Scope = WHOLE_NAMESPACE, command: str = "why"
) -> FoundObjects:
    """Find the objects that arguments name; if they name none, every object in scope that holds references, of the
    given types if any. `command` is the name of the command that asks."""
    wanted = parse(arguments)
    named = any(each.name for each in wanted)
    if named:
        refuse_with_names(all_namespaces=scope.all_namespaces, selector=scope.selector)
    selector = labels(scope.selector)
    source, namespace = inputs.open()
    refuse_emptiness(source, command)
    if named:
        return named_objects(source, namespace, wanted)
    if isinstance(source, Holding) and source.catalog.live:
        # All objects of the manifests are meant, whatever the current namespace is.
        namespace = inputs.namespace or None
    kinds = tuple(dict.fromkeys(referrer_kind(source.catalog, each.type) for each in wanted))
    return _in_scope(source, None if scope.all_namespaces else namespace, kinds, selector)


def named_objects(source: Source, namespace: str | None, wanted: Sequence[ObjectArgument]) -> FoundObjects:
    """The named objects, of kinds that hold references; without a namespace, all of that name in the manifests."""
    if isinstance(source, Holding) and not source.catalog.live:
        return _in_manifests(source, namespace, wanted)
    return _in_cluster(source, namespace or "", wanted)


def refuse_emptiness(source: Source, command: str) -> None:
    """RefsError if manifests hold no object at all, as in kubectl apply: there is nothing to answer about."""
    if isinstance(source, Holding) and not source.objects:
        raise usage(f"no objects passed to {command}")


def lacks_namespace(source: Source, namespace: str) -> bool:
    """Whether a cluster says that it has no such namespace."""
    there = Get(namespace_key(namespace), metadata_only=True)
    return source.catalog.live and source.read([there])[there].absent


def _in_scope(source: Source, namespace: str | None, kinds: Sequence[ServedKind], selector: JSON) -> FoundObjects:
    """Every object of these kinds, or of every kind that may hold references. Without kinds, a cluster is not asked for
    storage, the one core kind in the table, nor, in one namespace, for cluster-scoped kinds."""
    if isinstance(source, Holding):
        here = (obj for obj in source.objects if namespace in (None, key_of(obj).namespace))
        wanted = {kind.group_kind for kind in kinds}
        objects = tuple(obj for obj in here if not wanted or key_of(obj).group_kind in wanted)
        view = View(source.catalog, library_of(source))
        return FoundObjects(source, _referring(view, objects, selector), named=False, namespace=namespace)
    library = library_of(source)
    catalog = source.catalog
    chosen = [(kind.group_kind, kind.namespaced) for kind in kinds] or [
        (kind, served is None or served.namespaced)
        for kind in catalog.table.referrers
        if kind.group != ""
        for served in (catalog.served(kind),)
        if served is None or served.namespaced or namespace is None
    ]
    reads = [List(kind, namespace if namespaced else None, digest=slim(kind)) for kind, namespaced in chosen]
    # Imported here: objects that are named are read one by one.
    from kubectl_refs.app.input.prefetch import lists_for_all_objects

    answers = source.read([*reads, *lists_for_all_objects(catalog, namespace)])
    library.add(answers)
    view = View(catalog, library, library.memo)
    for read in reads:
        within = "" if read.namespace is None else f" in namespace {read.namespace}"
        effect = f"what {several(read.group_kind.kind)}{within} reference is not known"
        view.list(read.group_kind, read.namespace, digest=read.digest, effect=effect)
    objects = tuple(obj for read in reads for obj in answers[read].objects)
    if not objects and not view.gaps and namespace is not None and lacks_namespace(source, namespace):
        return FoundObjects(source, (), (not_found("namespaces", namespace),), named=False)
    return FoundObjects(
        source,
        _referring(view, objects, selector),
        named=False,
        namespace=namespace,
        gaps=view.gaps,
        library=library,
    )


def _referring(view: View, objects: Sequence[JSON], selector: JSON) -> tuple[JSON, ...]:
    return tuple(obj for obj in objects if (not selector or matches(selector, labels_of(obj))) and _refers(view, obj))


def _in_cluster(cluster: Source, namespace: str, wanted: Sequence[ObjectArgument]) -> FoundObjects:
    gets: dict[Get, ServedKind] = {}
    for each in wanted:
        kind = referrer_kind(cluster.catalog, each.type)
        gets[Get(ObjectKey(kind.group, kind.kind, namespace if kind.namespaced else "", each.name))] = kind
    gets, answers = _with_dotted_names(cluster, gets, cluster.read(gets))
    objects = tuple(obj for get in gets if (obj := answers[get].object) is not None)
    problems = [
        _problem(cluster.catalog, kind, get, answers) for get, kind in gets.items() if answers[get].object is None
    ]
    absent = not objects and any(answers[get].absent and kind.namespaced for get, kind in gets.items())
    if absent and lacks_namespace(cluster, namespace):
        # Like kubectl, only say that the namespace is missing.
        problems = [not_found("namespaces", namespace)]
    return FoundObjects(cluster, objects, tuple(problems))


def _with_dotted_names(
    cluster: Source, gets: Mapping[Get, ServedKind], answers: Mapping[Read, Answer]
) -> tuple[dict[Get, ServedKind], Mapping[Read, Answer]]:
    """The reads and answers, with NAME.NAMESPACE read as an object of that namespace if none has exactly that name
    (object_names.py). If that object may not be read, its failure is the answer."""
    others = {
        get: Get(ObjectKey(kind.group, kind.kind, there[1], there[0]))
        for get, kind in gets.items()
        if answers[get].object is None and (there := elsewhere(kind, get.key.name)) is not None
    }
    if not others:
        return dict(gets), answers
    more = cluster.read(others.values())
    meant = {
        get: other
        for get, other in others.items()
        if more[other].object is not None or (answers[get].absent and more[other].failure is not None)
    }
    return {meant.get(get, get): kind for get, kind in gets.items()}, {**answers, **more}


def _problem(catalog: Catalog, kind: ServedKind, get: Get, answers: Mapping[Read, Answer]) -> RefsError:
    failure = answers[get].failure
    if failure is not None:
        there = elsewhere(kind, get.key.name)
        other = None if there is None else Get(ObjectKey(kind.group, kind.kind, there[1], there[0]))
        both = other is not None and other in answers and answers[other].failure is not None
        return unreadable(kind, get.key.name, failure) if both else unread(failure.http_status, failure.message)
    return missing(catalog, kind, get.key.name, get.key.namespace)


def _in_manifests(manifests: Holding, namespace: str | None, wanted: Sequence[ObjectArgument]) -> FoundObjects:
    here = [obj for obj in manifests.objects if namespace in (None, key_of(obj).namespace)]
    objects: list[JSON] = []
    problems: list[RefsError] = []
    # A kind has several names, so the same object may have been asked for twice.
    for kind, name in dict.fromkeys((referrer_kind(manifests.catalog, each.type), each.name) for each in wanted):
        of_kind = [obj for obj in here if key_of(obj).group_kind == kind.group_kind]
        found = [obj for obj in of_kind if key_of(obj).name == name]
        if not found and (there := elsewhere(kind, name)) is not None:
            key = ObjectKey(kind.group, kind.kind, there[1], there[0])
            found = [obj for obj in manifests.objects if key_of(obj) == key]
        objects += (obj for obj in found if obj not in objects)
        if not found:
            problems.append(missing(manifests.catalog, kind, name, namespace))
    return FoundObjects(manifests, tuple(objects), tuple(problems))


def _refers(view: View, obj: JSON) -> bool:
    """Whether an object has anything to explain: a reference, something in the place of one, or a misspelt field or
    kind that would lead to one."""
    table = view.catalog.table
    held = any(references_in(view, obj)) or bool(selectors_of(obj, table))
    misspelt = any(listener_faults(obj)) or any(misspelt_in(obj, table)) or unknown_kind_of(view, obj) is not None
    return held or misspelt


def referrer_kind(catalog: Catalog, word: str) -> ServedKind:
    """The kind that a TYPE names; RefsError if it is not served, or not known to hold references."""
    kind = resolve(catalog, word)
    if catalog.table.fields_of(kind.group_kind):
        return kind
    raise usage(f"{kind.qualified} hold no references that this version knows; {_advice_on_kind(kind)}")


def _advice_on_kind(kind: ServedKind) -> str:
    """What to do instead about a kind that holds no references."""
    if kind.group_kind == REFERENCE_GRANT:
        return "use 'why referencegrant/NAME' or 'grants'"
    if kind.group_kind in (SERVICE, SECRET, CONFIG_MAP):
        return f"use 'why {kind.singular or kind.kind.lower()}/NAME' or 'grants'"
    return "the command 'kinds' lists those that do"
