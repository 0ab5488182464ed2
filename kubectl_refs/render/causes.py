"""The causes of many findings on one page: what is wrong, how often, and the change or command that helps."""

from __future__ import annotations

from collections.abc import Sequence

from kubectl_refs.core.model.codes import Severity
from kubectl_refs.core.model.kinds import REFERENCE_GRANT
from kubectl_refs.core.queries.causes import Cause
from kubectl_refs.core.text.language import counted
from kubectl_refs.render.kubectl import Kubectl
from kubectl_refs.render.text.page import Page
from kubectl_refs.render.text.severities import SEVERITY_ROLE

MANY = 20
"""The most findings that are listed one by one; with more, their causes are."""

SOME = 5
"""With more findings than this, causes are listed already if there are at most half as many of them."""

COLUMN = 8
"""The column where the text after a code begins."""

ROWS = 17
"""The most lines for causes: with what follows them, they fit a terminal of 24 lines."""


def write_causes(page: Page, causes: Sequence[Cause], kubectl: Kubectl) -> None:
    """Write as many causes as fit on one page, in order; the others are counted."""
    used = 0
    for number, cause in enumerate(causes):
        block = Page(page.style)
        _write(block, cause, kubectl)
        used += str(block).count("\n")
        if used > ROWS and number:
            page.line(f"and {counted(len(causes) - number, 'more cause')}")
            return
        _write(page, cause, kubectl)


def write_causes_in_full(page: Page, causes: Sequence[Cause], kubectl: Kubectl) -> None:
    """Write every cause with all its objects."""
    for cause in causes:
        _write(page, cause, kubectl)
        for key in cause.objects:
            page.line(f"    {key}")


def _write(page: Page, cause: Cause, kubectl: Kubectl) -> None:
    label = str(cause.code) if cause.severity is Severity.ERROR else f"{cause.severity} {cause.code}"
    role = SEVERITY_ROLE[cause.severity]
    page.prose(label, f"{cause.sentence}: {amount_of(cause)}", indent=0, column=COLUMN, role=role)
    command = command_of(cause, kubectl)
    if helps := command or cause.advice:
        mends = cause.needs_grant and helps != kubectl.why(cause.look_at)
        page.line(f"  {'fix' if mends else 'next'}: {helps}")


def amount_of(cause: Cause) -> str:
    """How often a cause occurs: `312 references of 102 routes`."""
    kinds = {key.kind for key in cause.objects}
    routes = all(kind.endswith("Route") for kind in kinds)
    objects = counted(len(cause.objects), "route" if routes else kinds.pop() if len(kinds) == 1 else "object")
    if cause.of_references:
        return f"{counted(cause.findings, 'reference')} of {objects}"
    return objects if cause.findings == len(cause.objects) else f"{counted(cause.findings, 'finding')} on {objects}"


def command_of(cause: Cause, kubectl: Kubectl) -> str:
    """The command of this program that prints the change, or that explains the object to look at; empty if the question
    cannot be asked again."""
    if cause.needs_grant and (mending := kubectl.fix_kind(cause.objects)):
        return mending
    key = cause.look_at
    return kubectl.grant(key) if key.group_kind == REFERENCE_GRANT else kubectl.why(key)
