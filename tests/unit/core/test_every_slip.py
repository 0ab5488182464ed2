"""Every slip in one or two fields of a grant: the near miss names exactly these fields, and its repair permits."""

from __future__ import annotations

from itertools import combinations

import pytest

from kubectl_refs.core.fixes.repair import repair
from kubectl_refs.core.grants.differences import differs_only_by_slips
from kubectl_refs.core.grants.grant import Grant, permitting
from kubectl_refs.core.grants.index import Grants
from kubectl_refs.core.grants.needed_pairs import ReferenceIndex
from kubectl_refs.core.model.objects import GATEWAY_GROUP
from tests.support.builders import (
    CATALOG,
    from_entry,
    grant,
    parsed,
    patched,
    reference,
    surroundings,
    to_entry,
    with_field,
)
from tests.support.near_misses import FROM_GROUP, FROM_KIND, FROM_NAMESPACE, TO_GROUP, TO_KIND, TO_NAME, misses, only

RIGHT = grant([from_entry()], [to_entry(name="api")])
SLIPS = [
    (FROM_GROUP, "Gateway.networking.k8s.io"),
    (FROM_GROUP, "gateway.netwroking.k8s.io"),
    (FROM_GROUP, "gateway.networking.k8s.i"),
    (FROM_GROUP, ""),
    (FROM_GROUP, "v1"),
    (FROM_GROUP, f"{GATEWAY_GROUP}/v1"),
    (FROM_GROUP, "networking.k8s.io"),
    (FROM_GROUP, None),
    (FROM_KIND, "httproute"),
    (FROM_KIND, "HttpRoute"),
    (FROM_KIND, "httproutes"),
    (FROM_KIND, "HTTPRoutes"),
    (FROM_KIND, "HTTPRoue"),
    (FROM_KIND, "HTTPRuote"),
    (FROM_NAMESPACE, "Frontend"),
    (FROM_NAMESPACE, "fronted"),
    (FROM_NAMESPACE, "forntend"),
    (TO_GROUP, "core"),
    (TO_GROUP, "v1"),
    (TO_GROUP, "core/v1"),
    (TO_GROUP, None),
    (TO_KIND, "service"),
    (TO_KIND, "services"),
    (TO_KIND, "Services"),
    (TO_KIND, "Sevice"),
    (TO_KIND, "Srevice"),
    (TO_NAME, "API"),
    (TO_NAME, "pai"),
    (TO_NAME, "ap"),
]
"""A field and its wrong value; None if the field is left out."""
NOT_REPAIRED = [(FROM_NAMESPACE, "backend"), (FROM_NAMESPACE, "*"), (FROM_NAMESPACE, False), (FROM_NAMESPACE, 1)]
"""Values that are reported, but may be meant, or resemble nothing known."""
PAIRS = [(one, other) for one, other in combinations(SLIPS, 2) if one[0] != other[0]]


def with_slips(*slips: tuple[str, object]) -> dict[str, object]:
    manifest = RIGHT
    for path, value in slips:
        manifest = with_field(manifest, path, value)
    return manifest


@pytest.mark.parametrize("slip", [*SLIPS, *NOT_REPAIRED], ids=str)
def test_a_slip_is_named_with_its_field(slip: tuple[str, object]) -> None:
    found = only(misses(with_slips(slip), around=surroundings(["frontend", "backend", "api"])))
    assert [(each.path, each.wanted) for each in found.differences] == [(slip[0], wanted_at(slip[0]))]
    assert differs_only_by_slips(found) is (slip in SLIPS)


def test_one_or_two_slips_are_repaired_so_that_the_reference_is_permitted() -> None:
    asked = reference()
    for slips in (*((each,) for each in SLIPS), *PAIRS):
        manifest = with_slips(*slips)
        (existing,) = parsed(manifest)
        assert not permitting(asked, [existing])
        found = only(misses(manifest, around=surroundings(["frontend", "backend", "api"])))
        assert {each.path for each in found.differences} == {path for path, _ in slips}, slips
        mended = repair(found, existing, ReferenceIndex([asked]), ReferenceIndex(), Grants([existing]), CATALOG)
        assert mended is not None, slips
        assert permitting(asked, [Grant.parse(patched(manifest, mended.patch))]), slips


def wanted_at(path: str) -> str:
    part, field = path.removeprefix("spec.").split("[0].")
    value: str = RIGHT["spec"][part][0][field]
    return value
