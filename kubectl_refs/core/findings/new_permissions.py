"""REF110: a grant gives access that the baseline of a team does not hold, because it is new or wider than it was."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from kubectl_refs.core.grants.grant import Grant, Pair, shown_kinds
from kubectl_refs.core.grants.permissions import Permission
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.findings import Finding
from kubectl_refs.core.text.language import listing


def new_permissions(grant: Grant, accepted: Collection[Permission]) -> Iterator[Finding]:
    """A finding for each `from` entry of a grant that has permissions which are not accepted, nor within a wider one."""
    if not grant.admissible:
        return
    namespace = grant.grant.namespace
    for index, entry in enumerate(grant.from_):
        permissions = (Permission(namespace, Pair(entry, to)) for to in grant.to)
        new = [each for each in permissions if each not in accepted and each.wider not in accepted]
        if new:
            code = Code.NEW_PERMISSION
            what = listing([each.pair.to.what for each in new])
            whose = f"{shown_kinds(entry.group, entry.kind)} in {entry.namespace}"
            message = f"it permits {whose} to reference {what}, which the baseline does not hold"
            place = (grant.key, f"spec.from[{index}]", f"from {entry.group_kind} in {entry.namespace}")
            advice = "accept it with --write-baseline, or take it out of the grant"
            yield Finding(code, code.severity, *place, message, advice)
