"""The description of an admission policy, as comments in its YAML, and its verdicts on ReferenceGrants."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kubectl_refs.core.model.kinds import REFERENCE_GRANT
from kubectl_refs.core.policy.evaluation import Judgement
from kubectl_refs.core.policy.options import PolicyAction, PolicyOptions
from kubectl_refs.core.text.language import counted
from kubectl_refs.render.data.report import API_VERSION
from kubectl_refs.render.text.page import Page
from kubectl_refs.render.text.style import Style, Tone
from kubectl_refs.render.text.table import NONE, Narrow

HEADERS = ("NAMESPACE", "NAME", "ADMITTED", "WHY NOT")
_DOES = {PolicyAction.DENY: "refuses", PolicyAction.WARN: "warns of", PolicyAction.AUDIT: "notes in the audit log"}


def about(options: PolicyOptions) -> tuple[str, ...]:
    """What the policy does, as comments for readers of its manifest."""
    does = " and ".join(_DOES[action] for action in options.actions)
    unnamed = (
        f"; entries without a name are admitted for {', '.join(options.allow_unnamed)}" if options.allow_unnamed else ""
    )
    how = (
        ()
        if options.allow_unnamed
        else (
            "An entry without a name permits every object of its kind, such as every Service; a policy printed with "
            "--allow-unnamed Service admits that.",
        )
    )
    labelled = (
        (
            f"Nor may spec.from name a namespace that exists but is not labelled {'='.join(options.from_label)}. A namespace "
            "that does not exist is admitted: whoever creates it later has the access, with or without the label. A label "
            "that is removed later takes no access away.",
        )
        if options.from_label
        else ()
    )
    return (
        f"For Kubernetes 1.30 and later. It {does} ReferenceGrants that never match, have no effect, or name no object{unnamed}.",
        "A Gateway or ListenerSet in spec.to counts as having no effect if everything in spec.from is known to reach one "
        "only by parentRefs, where listeners decide. A TCPRoute may have a Gateway as a backend with the AWS Load Balancer "
        "Controller, so that is admitted.",
        *labelled,
        *how,
        "'kubectl refs explain CODE' explains the codes in its messages.",
    )


def render_judged(judged: Sequence[Judgement], style: Style, *, headers: bool) -> str:
    """One row for each ReferenceGrant, then the numbers of those that would be refused, and of those not known."""
    page = Page(style)
    rows = [
        (each.grant.namespace, each.grant.name, _admitted(each), "; ".join((*each.refusals, *each.unknown)) or NONE)
        for each in judged
    ]
    page.table(HEADERS if headers else (), rows, Narrow(lambda cells: f"{cells[1]} -n {cells[0]}", headed=2))
    page.blank()
    refused = sum(bool(each.refusals) for each in judged)
    unknown = sum(bool(each.unknown) and not each.refusals for each in judged)
    more = f", {unknown} unknown" if unknown else ""
    page.line(f"{counted(len(judged), 'ReferenceGrant')}: {refused} would be refused{more}")
    return str(page)


def _admitted(each: Judgement) -> tuple[str, Tone]:
    if each.refusals:
        return "no", Tone.BAD
    return ("<unknown>", Tone.DOUBT) if each.unknown else ("yes", Tone.GOOD)


def names_of(judged: Sequence[Judgement]) -> Iterator[str]:
    """The names of the ReferenceGrants that would be refused, as TYPE.GROUP/NAME."""
    return (f"referencegrant.{REFERENCE_GRANT.group}/{each.grant.name}" for each in judged if each.refusals)


def to_data(judged: Sequence[Judgement]) -> dict[str, Any]:
    """The answer as data, by the JSON contract; `admitted` is null if it is not known."""
    return {
        "apiVersion": API_VERSION,
        "kind": "PolicyTest",
        "grants": [
            {
                "namespace": each.grant.namespace,
                "name": each.grant.name,
                "admitted": None if each.unknown and not each.refusals else not each.refusals,
                "refusals": list(each.refusals),
                "unknown": list(each.unknown),
            }
            for each in judged
        ],
    }
