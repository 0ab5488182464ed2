"""REF111: refused references that a grant was, or may be, meant for: it fits them, but is in another namespace."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field
from itertools import chain

from kubectl_refs.core.findings.examined_grant import ExaminedGrant
from kubectl_refs.core.fixes.moving import moved
from kubectl_refs.core.fixes.remedies import ReferenceIndex
from kubectl_refs.core.grants.index import Grants
from kubectl_refs.core.model.codes import Circumstance, Code
from kubectl_refs.core.model.findings import Finding
from kubectl_refs.core.model.fixes import Fix
from kubectl_refs.core.model.near_misses import NearMiss
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.records import dataclass, replace


@dataclass(frozen=True, slots=True)
class MeantFor:
    """The refused references that a grant was, or may be, meant to permit.

    The grant would permit those in `elsewhere` if it were in their target's namespace; `sure` says whether it was
    surely meant for them. For those in `near` it is the nearest grant, or differs by a slip; of references that grants
    cannot tell apart, only one is listed. `grants_there` are the grants of the namespace that those in `elsewhere` lead
    to.
    """

    elsewhere: tuple[Reference, ...] = ()
    sure: bool = False
    near: tuple[Reference, ...] = ()
    grants_there: Grants = field(default_factory=Grants)
    plain_misses: tuple[tuple[Reference, NearMiss], ...] = ()
    """References refused because of this grant, which is of no use as it is: it is in the wrong namespace, or its
    `from` entry names no other namespace."""

    @property
    def first(self) -> Reference | None:
        """One of these references; None if there are none."""
        return next(chain(self.elsewhere, self.near), None)


MEANT_FOR_NOTHING = MeantFor()


def in_another_namespace(examined: ExaminedGrant, meant: MeantFor) -> Finding | None:
    """The finding on a grant that fits refused references into another namespace."""
    if not meant.elsewhere:
        return None
    first, *more = meant.elsewhere
    namespaces = sorted({each.to.namespace for each in meant.elsewhere})
    others = f", and {len(more)} more references" if len(more) > 1 else ", and one more reference" if more else ""
    would = f"it would permit {first.referrer} to reference {first.to}{others} if it were in {' or '.join(namespaces)}"
    if not meant.sure:
        message = f"{would}; whether it is meant for that or for {examined.namespace} is not known"
        finding = examined.finding(Code.IN_ANOTHER_NAMESPACE, "", message)
        return replace(finding, severity=Code.IN_ANOTHER_NAMESPACE.severity_in(Circumstance.PERHAPS_IN_PLACE))
    fixes: tuple[Fix, ...] = ()
    if len(namespaces) == 1:
        wanted = ReferenceIndex(meant.elsewhere)
        catalog = examined.known.catalog
        fixes = moved(examined.grant, namespaces[0], examined.usage, meant.grants_there, wanted, catalog)
    return examined.finding(Code.IN_ANOTHER_NAMESPACE, "", f"{would}; {_no_use(examined, first)}", fixes)


def _no_use(examined: ExaminedGrant, reference: Reference) -> str:
    """Why a grant is of no use to a referrer in its present namespace."""
    if reference.referrer.namespace == examined.namespace:
        return f"it is in the namespace of the {reference.referrer.kind}; a grant belongs in that of the target"
    fitting = {index for index, pair in examined.pairs.items() if pair.pair.permits(reference)}
    if fitting <= examined.unused:
        return f"no {reference.referrer.kind} in {reference.referrer.namespace} uses it in {examined.namespace}"
    return f"{reference.to.kind} {reference.to.name} does not exist in {examined.namespace}"


def without_narrowing_fixes(findings: Iterable[Finding], meant: MeantFor) -> Sequence[Finding]:
    """The findings on a grant; if a refused reference may be meant to use it, without the changes that narrow it."""
    refused = meant.first
    if refused is None:
        return [*findings]
    advice = f"look at {refused.referrer} first, which is refused and may be meant to use it"
    return [
        replace(each, fixes=(), advice=advice)
        if each.code is not Code.IN_ANOTHER_NAMESPACE and _narrows(each)
        else each
        for each in findings
    ]


def _narrows(finding: Finding) -> bool:
    """Whether resolving a finding makes the grant permit less."""
    # Its fix may ask the owner to name the targets.
    named = finding.code is Code.ANY_NAME and bool(finding.fixes)
    return named or any(map(_removes_access, finding.fixes))


def _removes_access(fix: Fix) -> bool:
    """Whether a change deletes the grant or one of its entries, or replaces an entry with a narrower one."""
    return fix.action == "delete" or any(
        operation["op"] == "remove" or (operation["op"] == "replace" and isinstance(operation["value"], dict))
        for operation in fix.patch
    )
