"""The answer of who-can: a table like kubectl's, a wide one with a row per verb, and data."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kubectl_refs.core.model.kinds import NAMESPACE
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.rbac.authorizer import DELETE_COLLECTION, MASTERS, PermittedVerb, Subject, members_of
from kubectl_refs.core.rbac.escalation import Escalation
from kubectl_refs.core.rbac.grant_writers import Remark, Undecided, WhoCan, Writer
from kubectl_refs.core.text.language import enumerated
from kubectl_refs.render.data.objects import key_data
from kubectl_refs.render.data.report import API_VERSION, gap_data
from kubectl_refs.render.text.gaps import write_gaps
from kubectl_refs.render.text.page import Page
from kubectl_refs.render.text.style import Style
from kubectl_refs.render.text.table import NONE, Narrow

KIND = "WhoCanReport"

ALL = "<all>"


def render_text(found: WhoCan, style: Style) -> str:
    """A note if the namespace is missing, a row per subject and binding, what RBAC does not tell, the caller, the gaps."""
    page = _new_page(found, style)
    rows = [
        (
            *_who(writer),
            ",".join(permission.verb for permission in writer.permissions),
            writer.namespace or ALL,
            f"{_named(writer.binding)} {style.glyph('→')} {_named(writer.role)}",
            "; ".join(_notes(writer)) or NONE,
        )
        for writer in found.writers
    ]
    _rows(page, found, ("SUBJECT", "KIND", "VERBS", "NAMESPACE", "GIVEN BY", "NOTES"), rows, _NARROW)
    _footer(page, found)
    return str(page)


def render_wide(found: WhoCan, style: Style) -> str:
    """A row for each subject, binding and verb, with the object names that the permission is limited to."""
    page = _new_page(found, style)
    rows = [
        (
            *_who(writer),
            permission.verb,
            ",".join(permission.names) or ALL,
            writer.namespace or ALL,
            _named(writer.binding),
            _named(writer.role),
            ",".join(writer.sources) or NONE,
            members_of(writer.subject) or NONE,
        )
        for writer in found.writers
        for permission in writer.permissions
    ]
    headers = ("SUBJECT", "KIND", "VERB", "NAMES", "NAMESPACE", "BINDING", "ROLE", "AGGREGATED FROM", "STANDS FOR")
    _rows(page, found, headers, rows)
    _footer(page, found)
    return str(page)


def _new_page(found: WhoCan, style: Style) -> Page:
    """A new page; if the namespace does not exist, it begins with that remark."""
    page = Page(style)
    for remark in filter(_of_namespace, found.remarks):
        page.prose("note", remark.message, indent=0, column=10)
    page.blank()
    return page


def _of_namespace(remark: Remark) -> bool:
    return remark.object is not None and remark.object.group_kind == NAMESPACE


_NARROW = Narrow(lambda cells: f"{cells[1]} {cells[0]}", headed=2)


def _rows(
    page: Page, found: WhoCan, headers: tuple[str, ...], rows: Sequence[tuple[str, ...]], narrow: Narrow | None = None
) -> None:
    if rows:
        page.table(headers, rows, narrow)
        return
    read = " that could be read" if found.gaps else " to a role that the manifests hold" if found.undecided else ""
    place = f"in namespace {found.namespace}" if found.namespace else "in any namespace"
    verbs = enumerated(found.actions.verbs, "or")
    page.prose("", f"No binding{read} lets anybody {verbs} ReferenceGrants {place}.", column=0)


def _who(writer: Writer) -> tuple[str, str]:
    return str(writer.subject), writer.subject.kind


def _named(key: ObjectKey) -> str:
    """Kind and name without the namespace, which has a column of its own."""
    return f"{key.kind} {key.name}"


def _notes(writer: Writer) -> Iterator[str]:
    by_names: dict[tuple[str, ...], list[str]] = {}
    for permission in writer.permissions:
        if permission.names:
            by_names.setdefault(permission.names, []).append(permission.verb)
    for names, verbs in by_names.items():
        yield f"{','.join(verbs)} only {', '.join(names)}"
        if "create" in verbs:
            yield "create only by server-side apply, which needs patch as well"
    if any(permission.verb == DELETE_COLLECTION for permission in writer.permissions):
        yield f"{DELETE_COLLECTION} deletes all at once, or those that a selector picks"
    if writer.sources:
        yield f"by the rules of ClusterRole {', '.join(writer.sources)}"
    if stands_for := members_of(writer.subject):
        yield stands_for


def _escalations(page: Page, found: WhoCan) -> None:
    """Write who can give themselves the permission, apart from those who have it."""
    if not found.escalations:
        return
    page.blank()
    page.line("These may give themselves the right:")
    headers = ("SUBJECT", "KIND", "BY", "NAMESPACE", "GIVEN BY")
    page.table(
        headers,
        [
            (
                str(each.subject),
                each.subject.kind,
                f"{each.verb} {each.resource}" + (f" {', '.join(each.names)}" if each.names else ""),
                each.namespace or ALL,
                f"{_named(each.binding)} {page.style.glyph('→')} {_named(each.role)}",
            )
            for each in found.escalations
        ],
        _NARROW,
    )


def _footer(page: Page, found: WhoCan) -> None:
    _escalations(page, found)
    page.blank()
    page.prose(
        "besides",
        f"{_subject(MASTERS)} may do everything, whatever RBAC says; those whom the API server lets in by other means (a "
        "cloud's IAM, a webhook) cannot be listed",
        indent=0,
        column=10,
    )
    if found.caller is not None:
        place = f"in namespace {found.namespace}" if found.namespace else "in all namespaces at once"
        page.prose("you", f"{_caller(found.caller)} ({place})", indent=0, column=10)
    for remark in itertools.filterfalse(_of_namespace, found.remarks):
        page.prose("note", remark.message, indent=0, column=10)
    if found.complete:
        return
    page.blank()
    page.line(
        "The list might not be complete:"
        if found.gaps
        else "The list might not be complete, because the manifests do not hold these roles:"
    )
    write_gaps(page, found.gaps, full=True)
    for each in found.undecided:
        page.prose("unknown", f"{each.binding} gives {each.role} to {_subjects(each)}", indent=0, column=10)


def _caller(caller: Mapping[str, bool | None]) -> str:
    """`may create and update; may not delete`."""
    answers = (("may", "and", True), ("may not", "or", False), ("perhaps may", "and", None))
    found = ((may, word, tuple(verb for verb in caller if caller[verb] is answer)) for may, word, answer in answers)
    return "; ".join(f"{may} {enumerated(verbs, word)}" for may, word, verbs in found if verbs)


def _subject(subject: Subject) -> str:
    return f"{subject.kind} {subject}"


def _subjects(undecided: Undecided) -> str:
    return ", ".join(map(_subject, undecided.subjects))


def to_data(found: WhoCan) -> dict[str, Any]:
    """The answer as data, by the contract that programs rely on: fields may be added, none changes its meaning.

    A null namespace means every namespace, an empty list of names every name; `caller` is null for manifests.
    """
    return {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "group": found.actions.group,
        "resource": found.actions.resource,
        "verbs": list(found.actions.verbs),
        "namespace": found.namespace,
        "writers": [_writer(writer) for writer in found.writers],
        "escalations": [_escalation(each) for each in found.escalations],
        "always": [_subject_data(MASTERS)],
        "caller": None if found.caller is None else dict(found.caller),
        "undecided": [
            {
                "subjects": [_subject_data(subject) for subject in each.subjects],
                "namespace": each.binding.namespace or None,
                "binding": key_data(each.binding),
                "role": key_data(each.role),
            }
            for each in found.undecided
        ],
        "remarks": [
            {"object": None if each.object is None else key_data(each.object), "message": each.message}
            for each in found.remarks
        ],
        "gaps": [gap_data(gap) for gap in found.gaps],
    }


def _writer(writer: Writer) -> dict[str, Any]:
    return {
        "subject": _subject_data(writer.subject),
        "namespace": writer.namespace or None,
        "permissions": [_permission(permission) for permission in writer.permissions],
        "binding": key_data(writer.binding),
        "role": key_data(writer.role),
        "aggregatedFrom": list(writer.sources),
    }


def _escalation(escalation: Escalation) -> dict[str, Any]:
    return {
        "subject": _subject_data(escalation.subject),
        "namespace": escalation.namespace or None,
        "verb": escalation.verb,
        "resource": escalation.resource,
        "names": list(escalation.names),
        "binding": key_data(escalation.binding),
        "role": key_data(escalation.role),
    }


def _permission(permission: PermittedVerb) -> dict[str, Any]:
    return {"verb": permission.verb, "names": list(permission.names)}


def _subject_data(subject: Subject) -> dict[str, Any]:
    return {
        "kind": subject.kind,
        **({"namespace": subject.namespace} if subject.namespace else {}),
        "name": subject.name,
        "standsFor": members_of(subject) or None,
    }
