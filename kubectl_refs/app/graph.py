"""`kubectl refs graph`: every reference in scope, drawn as a graph of objects or of namespaces."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from kubectl_refs.app.input import selection
from kubectl_refs.app.input.object_names import missing, named_object
from kubectl_refs.app.input.objects import lacks_namespace, refuse_emptiness
from kubectl_refs.app.input.source import Inputs
from kubectl_refs.app.input.survey import check_kinds
from kubectl_refs.app.output import Output
from kubectl_refs.core.grants.entry_mistakes import with_effective_entries
from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.model.kinds import NAMESPACE, REFERENCE_GRANT
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.report import Gap
from kubectl_refs.core.queries.check import CheckReport
from kubectl_refs.core.queries.drawn_graph import Graph, Grouping, Only
from kubectl_refs.core.queries.graph import GraphOptions, graph
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.text.language import several
from kubectl_refs.core.view.catalog import ServedKind
from kubectl_refs.core.view.reads import Get, List, Source
from kubectl_refs.core.view.store import Library, library_of
from kubectl_refs.process.errors import OK, not_found, unread, usage
from kubectl_refs.process.garbage_collection import without_garbage_collection
from kubectl_refs.process.progress import Progress
from kubectl_refs.process.streams import say
from kubectl_refs.render.data.graph import to_data
from kubectl_refs.render.formats import Shape, Shapes
from kubectl_refs.render.graph.picture import Picture
from kubectl_refs.render.graph.text import render_text
from kubectl_refs.render.graph.words import remarks_of
from kubectl_refs.render.kubectl import Kubectl, resource_name


@dataclass(frozen=True, slots=True)
class Selection:
    """Which references to draw and how, as the user wrote it: `starts` are TYPE/NAME; `only` and `by` are None if not
    given."""

    starts: Sequence[str] = ()
    all_namespaces: bool = False
    by: str | None = None
    only: str | None = None
    from_namespace: str | None = None
    to_namespace: str | None = None
    depth: int | None = None
    direction: str = "LR"


def draw(inputs: Inputs, selected: Selection, output: Output) -> int:
    """Draw the references on standard output; returns the exit status, whatever their verdicts."""
    if selected.starts:
        selection.refuse_with_names(all_namespaces=selected.all_namespaces)
    if selected.depth is not None and not selected.starts:
        raise usage("--depth counts from objects: it needs TYPE/NAME")
    for flag, namespace in (("--from", selected.from_namespace), ("--to", selected.to_namespace)):
        if namespace is not None:
            selection.check_segment(f"namespace for {flag}", namespace)
    wanted = selection.parse(selected.starts)
    with Progress() as progress, without_garbage_collection():
        source, named = inputs.open(progress)
        refuse_emptiness(source, "graph")
        starts = {_key(source, each, named): each for each in wanted}
        options = _options(inputs, selected, inputs.namespace_to_search(source, named), tuple(starts))
        # Finding who references an object or a namespace takes the references of all namespaces.
        scope = None if starts or options.from_namespace is None else options.from_namespace
        library = library_of(source)
        report = _read(source, library, scope, own=named, remedies=output.format == "html")
        grants = _grants(source, library, own=named) if output.shape is Shape.PICTURE else None
    drawn = graph(report, options, _absent(library), grants)
    _refuse_absent(source, starts, drawn)
    if drawn.edges or drawn.starts or drawn.gaps or output.shape is not Shape.TEXT:
        _show(Picture(drawn, selected.direction, Kubectl(source.catalog, inputs.flags)), output)
        return OK
    for namespace in (options.namespace, options.from_namespace, options.to_namespace):
        if namespace is not None and lacks_namespace(source, namespace):
            raise not_found("namespaces", namespace)
    kind = {Only.CROSSING: " into another namespace", Only.REFUSED: " that is refused", Only.ALL: ""}[options.only]
    where = f" for {options.namespace} namespace" if options.namespace else ""
    say(f"No reference{kind} found{where}.")
    return OK


def _show(picture: Picture, output: Output) -> None:
    drawn = picture.graph
    output.write(
        Shapes(
            text=lambda style: render_text(drawn, style),
            data=lambda: to_data(drawn),
            names=lambda: (resource_name(node.key) for node in drawn.nodes),
            picture=lambda: picture,
        )
    )
    if output.shape is Shape.PICTURE:
        for remark in remarks_of(drawn):
            say(remark)


def _key(source: Source, wanted: selection.ObjectArgument, namespace: str | None) -> ObjectKey:
    """The object that TYPE/NAME means."""
    kind = selection.resolve(source.catalog, wanted.type)
    if not wanted.name:
        raise usage("resource(s) were provided, but no name was specified")
    written = f"{wanted.type}/{wanted.name}"
    if kind.group_kind == NAMESPACE:
        instead = f"-n {wanted.name} draws the references from and to it, --from and --to those of one direction"
        raise usage(f"{written}: no field references a Namespace: {instead}")
    if kind.group_kind == REFERENCE_GRANT:
        raise usage(f"{written}: no field references a ReferenceGrant: 'grants' shows who uses one")
    return named_object(source, kind, wanted.name, namespace)


def _options(inputs: Inputs, selected: Selection, named: str | None, starts: tuple[ObjectKey, ...]) -> GraphOptions:
    """The options of the graph. The context's namespace counts only if no flag says which references are meant."""
    elsewhere = selected.all_namespaces or starts
    aimed = selected.from_namespace or selected.to_namespace
    return GraphOptions(
        None if selected.by is None else Grouping(selected.by),
        Only(selected.only or (Only.ALL if starts else Only.CROSSING)),
        None if elsewhere else inputs.namespace if aimed else named,
        selected.from_namespace,
        selected.to_namespace,
        starts,
        selected.depth,
    )


def _read(source: Source, library: Library, namespace: str | None, own: str | None, *, remedies: bool) -> CheckReport:
    """Check every object of a namespace or of all. A kind that may not be listed in all namespaces is listed at least
    in the caller's `own`."""
    report = check_kinds(source, library, [], namespace, {}, ungranted=False, remedies=remedies)
    if namespace is not None or own is None or report.complete:
        return report
    unread_kinds = [
        kind
        for known in source.catalog.table.referrers
        if (kind := source.catalog.served(known)) is not None and kind.namespaced
        if any(_is_list_of(gap, kind) for gap in report.gaps)
    ]
    if not unread_kinds:
        return report
    more = check_kinds(source, library, unread_kinds, own, {}, ungranted=False, remedies=remedies)
    gaps = tuple(
        replace(gap, effect=f"what the {several(kind.kind)} in other namespaces reference is not known")
        if (kind := next((each for each in unread_kinds if _is_list_of(gap, each)), None))
        else gap
        for gap in report.gaps
    )
    known = set(gaps)
    return CheckReport(
        (*report.objects, *more.objects), gaps=(*gaps, *(gap for gap in more.gaps if gap not in known)), complete=False
    )


def _grants(source: Source, library: Library, own: str | None) -> list[Grant] | None:
    """All ReferenceGrants, without entries that never match; those of the caller's `own` namespace if no others may be
    read, None if none may."""
    for namespace in dict.fromkeys((None, own)):
        read = List(REFERENCE_GRANT, namespace)
        answer = library.get(read) or source.read([read])[read]
        if answer.known:
            grants = (with_effective_entries(Grant.parse(obj), source.catalog) for obj in answer.objects)
            return [grant for grant in grants if grant.admissible and grant.from_ and grant.to]
    return None


def _is_list_of(gap: Gap, kind: ServedKind) -> bool:
    """Whether a gap stands for the list of a kind in all namespaces."""
    return gap.request == ("list", kind.group, kind.plural, None, None)


def _absent(library: Library) -> Callable[[ObjectKey], bool]:
    """A function that tells whether an object was read and found not to exist."""

    def absent(key: ObjectKey) -> bool:
        answers = (library.get(Get(key, metadata_only)) for metadata_only in (False, True))
        return any(answer is not None and answer.served and answer.absent for answer in answers)

    return absent


def _refuse_absent(source: Source, starts: Mapping[ObjectKey, selection.ObjectArgument], drawn: Graph) -> None:
    """RefsError for a named object without any drawn references that does not exist or cannot be read."""
    lone = [node.key for node in drawn.nodes if node.key in starts and not node.references]
    gets = {Get(key, metadata_only=True): key for key in lone}
    for get, answer in source.read(gets).items() if gets else ():
        assert isinstance(get, Get)
        kind = selection.resolve(source.catalog, starts[get.key].type)
        if answer.failure is not None:
            raise unread(answer.failure.http_status, answer.failure.message)
        if answer.object is not None:
            continue
        if get.key.namespace and lacks_namespace(source, get.key.namespace):
            raise not_found("namespaces", get.key.namespace)
        raise missing(source.catalog, kind, get.key.name, get.key.namespace)
