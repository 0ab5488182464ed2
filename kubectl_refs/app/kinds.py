"""`kubectl refs kinds`: the table of reference fields, and which of its kinds are served here."""

from __future__ import annotations

from collections.abc import Sequence

from kubectl_refs.app.input.selection import resolve
from kubectl_refs.app.input.source import Inputs
from kubectl_refs.app.output import Output
from kubectl_refs.core.fields.table import Table
from kubectl_refs.core.model.objects import GroupKind
from kubectl_refs.core.queries.kinds import KindField, fields_of_kinds, implementations_of, referrers_named
from kubectl_refs.core.view.catalog import Catalog
from kubectl_refs.core.view.offline import offline_catalog
from kubectl_refs.process.errors import OK, RefsError, usage
from kubectl_refs.process.streams import say
from kubectl_refs.render import kinds as render
from kubectl_refs.render.formats import Shapes


def kinds(inputs: Inputs, words: Sequence[str], implementations: Sequence[str], output: Output) -> int:
    """Show the table on standard output; returns the exit status.

    The table itself needs no cluster: if none answers, standard error says so after the table.
    """
    table = inputs.table()
    catalog, problem = _catalog(inputs)
    found = _chosen(table, catalog, words, implementations)
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


def _catalog(inputs: Inputs) -> tuple[Catalog, RefsError | None]:
    """The served kinds, or those known without a cluster, and the error if the cluster could not tell."""
    if inputs.has_manifests:
        return inputs.manifests().catalog, None
    try:
        return inputs.cluster().catalog, None
    except RefsError as error:
        return offline_catalog(), error


def _chosen(
    table: Table, catalog: Catalog, words: Sequence[str], implementations: Sequence[str]
) -> tuple[KindField, ...]:
    """The rows that the words and flags name; RefsError for a word or an implementation that is not in the table."""
    wanted = {kind for word in ",".join(words).split(",") if word for kind in _named(table, catalog, word)}
    known = implementations_of(table)
    for each in implementations:
        if each.lower() not in {name.lower() for name in known}:
            raise usage(f'no rows of implementation "{each}"; there are {", ".join(known)}')
    return fields_of_kinds(table, catalog, wanted, implementations)


def _named(table: Table, catalog: Catalog, word: str) -> list[GroupKind]:
    found = referrers_named(table, catalog, word)
    if found:
        return found
    raise usage(f"{resolve(catalog, word).qualified} hold no references that this version knows")
