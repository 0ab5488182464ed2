"""The answer on a supposed reference: first `yes`, `no` or `unknown`, like kubectl auth can-i, then the reason."""

from __future__ import annotations

from kubectl_refs.core.grants.grant import shown_kind, shown_kinds
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.reference_fields import Mechanism
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.report import Report
from kubectl_refs.core.queries.can_i import ANY
from kubectl_refs.render.blocks import write_supposed
from kubectl_refs.render.details import write_details
from kubectl_refs.render.kubectl import SAME_IN_WIDE, Kubectl
from kubectl_refs.render.proposals import Proposals
from kubectl_refs.render.text.brevity import Brevity, fitting_page
from kubectl_refs.render.text.gaps import write_gaps
from kubectl_refs.render.text.page import Page
from kubectl_refs.render.text.shown_commands import ShownCommands
from kubectl_refs.render.text.style import Style
from kubectl_refs.render.text.words import VERDICT_ROLE

_WORDS = {Verdict.ALLOWED: "yes", Verdict.REFUSED: "no", Verdict.BROKEN: "no", Verdict.UNKNOWN: "unknown"}


def render_can_i(report: Report, style: Style, kubectl: Kubectl, more: str) -> str:
    """The report on one supposed reference as text; `more` is the command that shows everything, or empty."""
    (evaluated,) = report.references
    if evaluated.in_order:
        return render_can_i_wide(report, style, kubectl)

    def text(brevity: Brevity) -> str:
        page = _answer(evaluated, style, brevity)
        write_supposed(page, evaluated, Proposals(kubectl))
        page.blank()
        write_gaps(page, report.gaps, brief=True)
        if more:
            page.command("More: ", more, SAME_IN_WIDE)
        return str(page)

    return fitting_page(text, style)


def render_can_i_wide(report: Report, style: Style, kubectl: Kubectl) -> str:
    """The same report with everything that is known."""
    (evaluated,) = report.references
    page = _answer(evaluated, style)
    write_details(page, evaluated, ShownCommands(kubectl))
    page.blank()
    write_gaps(page, report.gaps, full=True)
    return str(page)


def _answer(evaluated: EvaluatedReference, style: Style, brevity: Brevity = Brevity.WHOLE) -> Page:
    page = Page(style, brevity)
    reference = evaluated.reference
    referrer = reference.referrer
    who = f"{shown_kinds(referrer.group, referrer.kind)} in {referrer.namespace}"
    if referrer.name != ANY and (evaluated.is_parent or evaluated.mechanism is Mechanism.MESH):
        # For a parent the hostnames of this route count, in a mesh its parents; otherwise only kind and namespace do.
        who = str(referrer)
    target = f"{shown_kind(reference.to.group, reference.to.kind)} {reference.to.path}"
    may = {"yes": "may reference", "no": "may not reference", "unknown": "may or may not reference"}[
        _WORDS[evaluated.verdict]
    ]
    answer = f"{_WORDS[evaluated.verdict]}:"
    words = f"{who} {may} {target}".split(" ")
    page.flowed([[(answer, VERDICT_ROLE[evaluated.verdict])], *([word] for word in words)], len(answer) + 1)
    return page
