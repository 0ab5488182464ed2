"""REF110: a grant gives access that is not in a team's baseline, because the grant is new or wider than it was."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from kubectl_refs.core.findings.given_access import given_access
from kubectl_refs.core.grants.grant import Grant, shown_kinds
from kubectl_refs.core.grants.permissions import Permission
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.findings import Finding
from kubectl_refs.core.text.language import listing
from kubectl_refs.core.view.catalog import Catalog


def new_permissions(grant: Grant, accepted: Collection[Permission], catalog: Catalog) -> Iterator[Finding]:
    """A finding for each `from` entry whose access is neither accepted nor covered by an accepted wider permission."""
    given = given_access([grant], catalog)
    for index, entry in enumerate(grant.from_):
        of_entry = (each for each in given if each.pair.from_ == entry)
        new = [each for each in of_entry if each not in accepted and each.wider not in accepted]
        if new:
            code = Code.NEW_PERMISSION
            what = listing([each.pair.to.what for each in new])
            whose = f"{shown_kinds(entry.group, entry.kind)} {entry.where}"
            message = f"it permits {whose} to reference {what}, which the baseline does not hold"
            place = (grant.key, f"spec.from[{index}]", f"from {entry.group_kind} in {entry.namespace}")
            advice = "accept it with --write-baseline, or take it out of the grant"
            yield Finding(code, code.severity, *place, message, advice)
