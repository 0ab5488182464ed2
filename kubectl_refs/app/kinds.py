"""`kubectl refs kinds`: the table of reference fields, and which of its kinds are served here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kubectl_refs.app.input.selection import resolve
from kubectl_refs.app.input.source import Place
from kubectl_refs.app.output import Output
from kubectl_refs.core.fields.table import ReferenceField, Table
from kubectl_refs.core.model.hints import VERSION, plural_of
from kubectl_refs.core.model.objects import GroupKind
from kubectl_refs.core.view.catalog import Catalog
from kubectl_refs.core.view.offline import offline_catalog
from kubectl_refs.process.errors import OK, RefsError, usage
from kubectl_refs.process.streams import say
from kubectl_refs.render.formats import Shapes


@dataclass(frozen=True, slots=True)
class Listed:
    """A row for one of its kinds; `served` is None where that cannot be told."""

    kind: GroupKind
    field: ReferenceField
    served: bool | None


def kinds(place: Place, words: Sequence[str], implementations: Sequence[str], output: Output) -> int:
    """Show the table on standard output; returns the exit status.

    The table itself needs no cluster: where none answers, that is told on standard error after it.
    """
    table = place.table()
    catalog, problem = _catalog(place)
    found = listed(table, catalog, words, implementations)
    # Imported here: the renderer shows the classes of this module.
    from kubectl_refs.render import kinds as render

    output.write(
        Shapes(
            text=lambda style: render.render_table(found, style, wide=False, headers=output.headers),
            wide=lambda style: render.render_table(found, style, wide=True, headers=output.headers),
            data=lambda: render.to_data(found),
            names=lambda: render.names_of(found),
        )
    )
    if problem is None:
        return OK
    say(problem.line)
    return problem.status


def _catalog(place: Place) -> tuple[Catalog, RefsError | None]:
    """The kinds served, or those that manifests know, and why a cluster could not tell."""
    if place.files:
        return place.manifests().catalog, None
    try:
        return place.cluster().catalog, None
    except RefsError as error:
        return offline_catalog(), error


def listed(
    table: Table, catalog: Catalog, words: Sequence[str] = (), implementations: Sequence[str] = ()
) -> tuple[Listed, ...]:
    """The rows of the kinds that words name, of all without any, and of some implementations; RefsError for a word
    or an implementation that the table does not have."""
    wanted = {kind for word in ",".join(words).split(",") if word for kind in _named(table, catalog, word)}
    known = {row.implementation.lower() for row in table}
    for each in implementations:
        if each.lower() not in known:
            names = sorted({row.implementation for row in table if row.implementation})
            raise usage(f'no rows of implementation "{each}"; there are {", ".join(names)}')
    chosen = {each.lower() for each in implementations}
    return tuple(
        Listed(kind, row, catalog.serves(kind) if catalog.live else None)
        for kind in table.referrers
        for row in table.fields_of(kind)
        if (not wanted or kind in wanted) and (not chosen or row.implementation.lower() in chosen)
    )


def _named(table: Table, catalog: Catalog, word: str) -> list[GroupKind]:
    """The kinds of the table that kubectl's TYPE, TYPE.GROUP or TYPE.VERSION.GROUP names, whether served or not."""
    name, _, group = word.lower().partition(".")
    version, _, after = group.partition(".")
    groups = {group, after} if VERSION.fullmatch(version) else {group}
    found = [kind for kind in table.referrers if _answers(kind, catalog, name) and (not group or kind.group in groups)]
    if found:
        return found
    raise usage(f"{resolve(catalog, word).qualified} hold no references that this version knows")


def _answers(kind: GroupKind, catalog: Catalog, name: str) -> bool:
    served = catalog.served(kind)
    return name == kind.kind.lower() or name in plural_of(kind.kind) or (served is not None and served.answers_to(name))
