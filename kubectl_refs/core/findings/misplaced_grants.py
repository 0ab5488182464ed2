"""REF111: refused references that a grant was, or may be, meant for: it fits them, but is in another namespace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field
from itertools import chain

from kubectl_refs.core.findings.examined_grant import ExaminedGrant, Part, entry_at
from kubectl_refs.core.fixes.moving import moved
from kubectl_refs.core.grants.grant import FromEntry, Grant, ToEntry
from kubectl_refs.core.grants.index import Grants
from kubectl_refs.core.grants.needed_pairs import ReferenceIndex
from kubectl_refs.core.model.codes import Circumstance, Code
from kubectl_refs.core.model.findings import Finding
from kubectl_refs.core.model.fixes import Fix
from kubectl_refs.core.model.near_misses import NearMiss
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.records import dataclass, replace


@dataclass(frozen=True, slots=True)
class MeantFor:
    """The references that a grant was, or may be, meant to permit, and does not.

    The grant would permit those in `elsewhere` if it were in their target's namespace; `sure` says whether it was
    surely meant for them. For those in `near_misses` it is the nearest grant, or differs by a slip (None: only in its
    place); of references that grants cannot tell apart, only one is listed. `grants_there` are the grants of the
    namespace that those in `elsewhere` lead to.
    """

    elsewhere: tuple[Reference, ...] = ()
    sure: bool = False
    near_misses: tuple[tuple[Reference, NearMiss | None], ...] = ()
    grants_there: Grants = field(default_factory=Grants)
    plain_misses: tuple[tuple[Reference, NearMiss], ...] = ()
    """References refused because of this grant, which is of no use as it is: it is in the wrong namespace, or its
    `from` entry names no other namespace."""
    without_namespace: tuple[Reference, ...] = ()
    """References to missing objects that a permission without users would be for if they had not left out their
    namespace."""

    @property
    def near(self) -> tuple[Reference, ...]:
        return tuple(reference for reference, _ in self.near_misses)

    def first(self, finding: Finding, grant: Grant) -> Reference | None:
        """One of these references, if what a finding on the grant is about may be meant for it: the whole grant, or an
        entry that fits it or comes nearest; None if there is none."""
        entry = entry_at(finding.path)
        fitting = chain(self.elsewhere, self.without_namespace)
        misses = chain(((each, None) for each in fitting), self.near_misses)
        return next((each for each, miss in misses if entry is None or _concerns(entry, each, miss, grant)), None)


def _concerns(entry: tuple[Part, int], reference: Reference, miss: NearMiss | None, grant: Grant) -> bool:
    part, index = entry
    if miss is not None:
        return index == (miss.from_ if part == "from" else miss.to)
    listed: Sequence[FromEntry | ToEntry] = grant.from_ if part == "from" else grant.to
    return listed[index].matches(reference)


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


def without_narrowing_fixes(findings: Iterable[Finding], meant: MeantFor, grant: Grant) -> Iterator[Finding]:
    """The findings on a grant, without the changes that narrow what a refused reference may be meant to use."""
    for finding in findings:
        refused = None
        if finding.code is not Code.IN_ANOTHER_NAMESPACE and _narrows(finding):
            refused = meant.first(finding, grant)
        if refused is None:
            yield finding
        else:
            yield replace(finding, fixes=(), advice=f"look at {refused.referrer} first, which {_use(refused)}")


def _use(reference: Reference) -> str:
    """What a reference that may be meant to use a grant has to do with it."""
    if reference.crosses:
        return "is refused and may be meant to use it"
    return f"names {reference.to.kind} {reference.to.name} without a namespace and may be meant to use it"


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
