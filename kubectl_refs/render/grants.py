"""Grants as tables: a readable line for each grant, or a line for each permission with its users."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.kinds import REFERENCE_GRANT
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism
from kubectl_refs.core.model.references import EvaluatedReference, Reference
from kubectl_refs.core.model.values import is_being_deleted, text
from kubectl_refs.core.queries.grants import DescribedGrant, GrantReport
from kubectl_refs.core.references.cause import cause_of
from kubectl_refs.core.text.language import counted
from kubectl_refs.render.kubectl import Kubectl, argument_name
from kubectl_refs.render.text.ages import age
from kubectl_refs.render.text.gaps import write_gaps
from kubectl_refs.render.text.page import Page
from kubectl_refs.render.text.style import Style
from kubectl_refs.render.text.table import NONE, Narrow
from kubectl_refs.render.text.words import VERDICT_ROLE

UNKNOWN = "<unknown>"
"""kubectl's word for an unknown value."""

SHOWN = 2
"""The most entries of one list that a cell shows; the rest are counted."""

ALIKE = 3
"""The most references of one object with the same answer that get a line each."""

EXPLAINED = 3
"""The most failing objects, worst first, for which the command that explains them is shown."""

HEADERS = ("NAMESPACE", "NAME", "FROM", "TO", "USED", "NOTES", "AGE")
WIDE_HEADERS = ("NAMESPACE", "NAME", "PAIR", "FROM", "TO", "USERS", "NOTES", "AGE")


def render_table(report: GrantReport, style: Style, kubectl: Kubectl, *, namespaces: bool, headers: bool) -> str:
    """One line for each grant, with `namespaces` also a NAMESPACE column, as in kubectl."""
    rows = [_row(each, style) for each in report.grants]
    return _table(report, style, kubectl, HEADERS, rows, namespaces=namespaces, headers=headers)


def render_wide(report: GrantReport, style: Style, kubectl: Kubectl, *, namespaces: bool, headers: bool) -> str:
    """One line for each permission of each grant."""
    rows = [row for each in report.grants for row in _wide_rows(each, style)]
    return _table(report, style, kubectl, WIDE_HEADERS, rows, namespaces=namespaces, headers=headers)


def names_of(report: GrantReport) -> Iterator[str]:
    """The names of the grants, as TYPE.GROUP/NAME."""
    return (f"referencegrant.{REFERENCE_GRANT.group}/{each.usage.grant.grant.name}" for each in report.grants)


def _table(
    report: GrantReport,
    style: Style,
    kubectl: Kubectl,
    names: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    namespaces: bool,
    headers: bool,
) -> str:
    page = Page(style)
    start = 0 if namespaces else 1
    if rows:
        shown = [row[start:] for row in rows]
        page.table(names[start:] if headers else (), shown, _narrow(start) if names is HEADERS else None)
    if report.references:
        page.blank()
        write_references(page, report.references, full=names is WIDE_HEADERS)
    page.blank()
    wide = names is WIDE_HEADERS
    write_gaps(page, report.gaps, full=wide)
    page.blank()
    failing = (each.reference.referrer for each in report.references if each.verdict is not Verdict.ALLOWED)
    for referrer in islice(dict.fromkeys(failing), EXPLAINED):
        if command := kubectl.why(referrer):
            page.command("More: ", command)
    return str(page)


def _narrow(start: int) -> Narrow:
    """The layout for narrow terminals: names as `grants NAME -n NAMESPACE` takes them, the namespace only if needed."""
    if start:
        return Narrow(lambda cells: cells[0], spare=("AGE",))
    return Narrow(lambda cells: f"{cells[1]} -n {cells[0]}", headed=2, spare=("AGE",))


def _row(described: DescribedGrant, style: Style) -> tuple[str, ...]:
    grant = described.usage.grant
    froms = [f"{entry.who} {entry.where}" for entry in grant.from_]
    targets = [entry.what if entry.name is None else f"{entry.kind_shown}/{entry.name}" for entry in grant.to]
    return (
        grant.grant.namespace,
        grant.grant.name,
        _listed(froms),
        _listed(targets),
        used_of(described),
        notes_of(described),
        age_of(grant, style),
    )


def _wide_rows(described: DescribedGrant, style: Style) -> list[tuple[str, ...]]:
    grant, never = described.usage.grant, described.never_matching
    return [
        (
            grant.grant.namespace,
            grant.grant.name,
            f"spec.from[{each.from_index}] spec.to[{each.to_index}]",
            f"{each.pair.from_.who} {each.pair.from_.where}",
            each.pair.to.what if each.pair.to.name is None else f"{each.pair.to.kind_shown}/{each.pair.to.name}",
            ", ".join(_user_of(user, described) for user in each.users)
            or (NONE if each.known or each.entries & never else UNKNOWN),
            notes_of(described),
            age_of(grant, style),
        )
        for each in described.usage.pairs
    ]


def _listed(words: Sequence[str]) -> str:
    more = len(words) - SHOWN
    return ", ".join(words[:SHOWN]) + (f" +{more} more" if more > 0 else "") or NONE


def used_of(described: DescribedGrant) -> str:
    """How often a grant is used: `3 references, of 2 objects`; `<unknown>` without users if not all could be read."""
    users, known = described.usage.users, described.users_known
    objects = len({user.referrer for user in users})
    if not users:
        return "0" if known else UNKNOWN
    atleast = "" if known else "at least "
    broken = len(described.broken)
    failing = "" if not broken else f", {broken} broken" if broken < len(users) else ", all broken"
    failing = ", broken" if broken == len(users) == 1 else failing
    return f"{atleast}{counted(len(users), 'reference')}, of {counted(objects, 'object')}{failing}"


def notes_of(described: DescribedGrant) -> str:
    """The names of the findings, preceded by `being-deleted` if the grant is being deleted."""
    ending = ("being-deleted",) if is_being_deleted(described.usage.grant.source) else ()
    return ", ".join(dict.fromkeys((*ending, *(finding.code.slug for finding in described.findings)))) or NONE


def age_of(grant: Grant, style: Style) -> str:
    metadata = grant.source.get("metadata")
    created = text(metadata.get("creationTimestamp")) if isinstance(metadata, dict) else None
    return age(created, style.now) or UNKNOWN


def _user_of(reference: Reference, described: DescribedGrant) -> str:
    return f"{user_of(reference)} (broken)" if reference in described.broken else user_of(reference)


def user_of(reference: Reference) -> str:
    return f"{reference.referrer} {reference.path}"


def write_references(page: Page, references: Sequence[EvaluatedReference], *, full: bool) -> None:
    """Write who references one target, and by which grant, or why not; unless in `full`, many like references of one
    object share a line."""
    alike: dict[tuple[ObjectKey, Verdict, str], list[str]] = {}
    for each in references:
        alike.setdefault((each.reference.referrer, each.verdict, _permission_words(each)), []).append(
            each.reference.path
        )
    page.table(
        ("REFERRER", "FIELD", "VERDICT", "BY"),
        [
            (argument_name(referrer), field, (str(verdict), VERDICT_ROLE[verdict]), by)
            for (referrer, verdict, by), paths in alike.items()
            for field in (paths if full or len(paths) <= ALIKE else [f"{paths[0]} and {len(paths) - 1} more"])
        ],
        Narrow(lambda cells: cells[0]),
    )


def _permission_words(evaluated: EvaluatedReference) -> str:
    if evaluated.verdict is not Verdict.REFUSED or evaluated.mechanism is not Mechanism.REFERENCE_GRANT:
        grants = ", ".join(
            f"ReferenceGrant {match.grant} spec.from[{match.from_}] spec.to[{match.to}]" for match in evaluated.grants
        )
        return grants if evaluated.verdict is Verdict.ALLOWED and grants else evaluated.because
    if not evaluated.near_misses:
        return "no ReferenceGrant permits it"
    return cause_of(evaluated)
