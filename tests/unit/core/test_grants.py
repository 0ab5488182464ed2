"""The matching rule of ReferenceGrant, compared with the cases in the specification and with a spelled-out oracle."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_refs.core.grants.grant import Grant, Pair, meant_as_grants, permitting
from kubectl_refs.core.grants.index import Grants
from kubectl_refs.core.model.kinds import REFERENCE_GRANT
from kubectl_refs.core.model.near_misses import GrantMatch, GrantName
from kubectl_refs.core.model.objects import GATEWAY_GROUP, GroupKind, ObjectKey
from kubectl_refs.core.model.references import Reference
from tests.support.builders import (
    PROPERTY,
    REFERENCES,
    ROUTE,
    from_entry,
    grant,
    manifests,
    parsed,
    permission_of,
    permissions,
    reference,
    to_entry,
)


def permits(manifest: dict[str, Any], wanted: Reference | None = None) -> bool:
    return bool(permitting(wanted or reference(), parsed(manifest)))


@pytest.mark.parametrize(
    "manifest",
    [
        pytest.param(grant(), id="no name stands for every name"),
        pytest.param(grant(to=[to_entry(name="api")]), id="the name itself"),
        pytest.param(
            grant([from_entry(kind="GRPCRoute"), from_entry()], [to_entry(kind="Secret"), to_entry()]), id="OR"
        ),
        pytest.param(grant([*[from_entry(namespace=f"n{i}") for i in range(15)], from_entry()]), id="16th entry"),
    ],
)
def test_a_grant_permits_what_one_from_and_one_to_entry_name(manifest: dict[str, Any]) -> None:
    assert permits(manifest)


@pytest.mark.parametrize("part", ["from", "to"])
def test_a_grant_with_more_entries_than_an_api_server_takes_permits_nothing(part: str) -> None:
    from_ = [from_entry(), *(from_entry(namespace=f"n{number}") for number in range(16 if part == "from" else 0))]
    to = [to_entry(), *(to_entry(name=f"n{number}") for number in range(16 if part == "to" else 0))]
    assert not permits(grant(from_, to))
    assert not Grants(parsed(grant(from_, to))).matching(reference())


@pytest.mark.parametrize(
    "manifest",
    [
        pytest.param(grant(namespace="frontend"), id="in the referrer's namespace"),
        pytest.param(grant(namespace="other"), id="in a third namespace"),
        pytest.param(grant(namespace="Backend"), id="in a namespace of another case"),
        pytest.param(grant([from_entry(group="")]), id="from group core"),
        pytest.param(grant([from_entry(group="gateway.networking.k8s.io/v1")]), id="group with version"),
        pytest.param(grant([from_entry(kind="httproute")]), id="kind in lower case"),
        pytest.param(grant([from_entry(kind="HTTPRoutes")]), id="kind in the plural"),
        pytest.param(grant([from_entry(kind="GRPCRoute")]), id="another kind"),
        pytest.param(grant([from_entry(namespace="*")]), id="a namespace wildcard"),
        pytest.param(grant([from_entry(namespace="")]), id="an empty namespace"),
        pytest.param(grant([from_entry(namespace=None)]), id="no namespace"),
        pytest.param(grant([from_entry(group=None)]), id="no from group"),
        pytest.param(grant(to=[to_entry(group="core")]), id="core is no alias"),
        pytest.param(grant(to=[to_entry(group=None)]), id="no to group"),
        pytest.param(grant(to=[to_entry(kind="service")]), id="to kind in lower case"),
        pytest.param(grant(to=[to_entry(name="web")]), id="another name"),
        pytest.param(grant(to=[to_entry(name="API")]), id="the name in another case"),
        pytest.param(grant(to=[to_entry(name="*")]), id="a name wildcard"),
        pytest.param(grant(from_=[]), id="no from entry"),
        pytest.param(grant(to=[]), id="no to entry"),
    ],
)
def test_a_grant_that_differs_in_one_byte_permits_nothing(manifest: dict[str, Any]) -> None:
    assert not permits(manifest)


@pytest.mark.parametrize("name", ["", 1, 1.5, True, ["api"], {"api": "api"}])
def test_a_name_the_api_server_would_refuse_does_not_stand_for_every_name(name: Any) -> None:
    assert not permits(grant(to=[to_entry(name=name)]))


def test_a_null_name_is_an_absent_one() -> None:
    manifest = grant()
    manifest["spec"]["to"][0]["name"] = None
    assert permits(manifest)


def test_halves_of_two_grants_do_not_combine() -> None:
    right_from = grant(to=[to_entry(name="web")], name="a")
    right_to = grant([from_entry(namespace="other")], name="b")
    assert permitting(reference(), parsed(right_from, right_to)) == ()


def test_every_pair_of_entries_that_permits_is_named() -> None:
    first = grant(
        [from_entry(), from_entry(kind="GRPCRoute"), from_entry()], [to_entry(name="api"), to_entry()], name="a"
    )
    second = grant(name="b")
    a, b = GrantName("backend", "a"), GrantName("backend", "b")
    assert permitting(reference(), parsed(first, second)) == (
        GrantMatch(a, 0, 0),
        GrantMatch(a, 0, 1),
        GrantMatch(a, 2, 0),
        GrantMatch(a, 2, 1),
        GrantMatch(b, 0, 0),
    )


def test_two_from_and_three_to_entries_permit_all_six_combinations() -> None:
    manifest = grant([from_entry(), from_entry(kind="GRPCRoute")], [to_entry(name=name) for name in ("a", "b", "c")])
    for kind in ("HTTPRoute", "GRPCRoute"):
        for name in ("a", "b", "c"):
            referrer = ObjectKey(GATEWAY_GROUP, kind, "frontend", "any")
            assert permits(manifest, reference(ObjectKey("", "Service", "backend", name), referrer))


def test_an_xlistenerset_grant_does_not_cover_a_listenerset() -> None:
    secret = ObjectKey("", "Secret", "backend", "tls")
    manifest = grant([from_entry("gateway.networking.x-k8s.io", "XListenerSet")], [to_entry(kind="Secret")])
    old = ObjectKey("gateway.networking.x-k8s.io", "XListenerSet", "frontend", "set")
    new = ObjectKey(GATEWAY_GROUP, "ListenerSet", "frontend", "set")
    assert permits(manifest, reference(secret, old))
    assert not permits(manifest, reference(secret, new))


def test_the_version_of_the_grant_does_not_matter_where_a_server_takes_it() -> None:
    for version in ("v1", "v1beta1"):
        assert permits({**grant(), "apiVersion": f"{GATEWAY_GROUP}/{version}"})
    written = {**grant(), "apiVersion": f"{GATEWAY_GROUP}/v1alpha2"}
    assert not permits(written)
    assert permits({**written, "metadata": {**written["metadata"], "creationTimestamp": "2022-01-01T00:00:00Z"}})


@pytest.mark.parametrize("broken", [None, 1, "x", [], {}, [None], ["x"], [[1]], [{"group": {}}]])
def test_a_malformed_grant_permits_nothing_and_raises_nothing(broken: Any) -> None:
    for manifest in (
        {**grant(), "spec": broken},
        {**grant(), "metadata": broken},
        {**grant(), "spec": {"from": broken, "to": broken}},
        {**grant(), "spec": {"from": [from_entry()], "to": broken}},
        {**grant(), "spec": {"from": broken, "to": [to_entry()]}},
    ):
        assert not permits(manifest)


def test_parsing_keeps_the_name_the_object_and_the_time_of_the_last_change() -> None:
    manifest = grant()
    manifest["metadata"]["creationTimestamp"] = "2026-01-02T03:04:05Z"
    assert Grant.parse(manifest).written == "2026-01-02T03:04:05Z"
    manifest["metadata"]["managedFields"] = [{"time": "2026-03-01T00:00:00Z"}, {"time": "2026-02-01T00:00:00Z"}, {}]
    found = Grant.parse(manifest)
    assert found.written == "2026-03-01T00:00:00Z"
    assert found.source is manifest
    assert str(found.grant) == "backend/g"


def test_when_a_manifest_was_written_is_not_known() -> None:
    assert Grant.parse(grant()).written is None


@PROPERTY
@given(REFERENCES, manifests())
def test_the_rule_agrees_with_all_permissions_spelled_out(wanted: Reference, objects: list[dict[str, Any]]) -> None:
    found = permitting(wanted, parsed(*objects))
    assert bool(found) == (permission_of(wanted) in permissions(*objects))
    by_name = {obj["metadata"]["name"]: obj for obj in objects}
    for match in found:
        spec = by_name[match.grant.name]["spec"]
        alone = grant([spec["from"][match.from_]], [spec["to"][match.to]], match.grant.namespace)
        assert permission_of(wanted) in permissions(alone)


@PROPERTY
@given(REFERENCES, manifests(), st.randoms(use_true_random=False))
def test_the_order_of_grants_and_entries_does_not_matter(
    wanted: Reference, objects: list[dict[str, Any]], random: Any
) -> None:
    shuffled = [
        {
            **obj,
            "spec": {half: random.sample(entries, len(entries)) for half, entries in obj["spec"].items()},
        }
        for obj in random.sample(objects, len(objects))
    ]
    before, after = permitting(wanted, parsed(*objects)), permitting(wanted, parsed(*shuffled))
    assert sorted(match.grant for match in before) == sorted(match.grant for match in after)


@PROPERTY
@given(REFERENCES, manifests(), manifests())
def test_another_grant_never_takes_a_permission_away(
    wanted: Reference, objects: list[dict[str, Any]], more: list[dict[str, Any]]
) -> None:
    assert set(permitting(wanted, parsed(*objects))) <= set(permitting(wanted, parsed(*objects, *more)))


@PROPERTY
@given(REFERENCES, manifests())
def test_a_grant_in_another_namespace_never_matters(wanted: Reference, objects: list[dict[str, Any]]) -> None:
    placed = [obj for obj in objects if obj["metadata"]["namespace"] == wanted.to.namespace]
    assert permitting(wanted, parsed(*objects)) == permitting(wanted, parsed(*placed))


FIELDS = [
    ("from_", "group"),
    ("from_", "kind"),
    ("from_", "namespace"),
    ("to", "group"),
    ("to", "kind"),
    ("to", "name"),
]


@PROPERTY
@given(st.sampled_from(FIELDS), st.text(max_size=30))
def test_every_field_is_compared_byte_for_byte(field: tuple[str, str], value: str) -> None:
    half, name = field
    exact = {
        "group": GATEWAY_GROUP if half == "from_" else "",
        "kind": ROUTE.kind if half == "from_" else "Service",
        "namespace": "frontend",
        "name": "api",
    }[name]
    entry = from_entry(**{name: value}) if half == "from_" else to_entry(**{name: value})
    manifest = grant(from_=[entry]) if half == "from_" else grant(to=[entry])
    assert permits(manifest) == (value == exact)


@pytest.mark.parametrize("kind", ["ReferenceGrants", "referencegrant", "ReferenceGrand", "RefernceGrants"])
def test_a_misspelt_kind_counts_for_nothing_even_where_a_server_has_taken_it(kind: str) -> None:
    written = {**grant(), "kind": kind}
    written["metadata"] = {**written["metadata"], "creationTimestamp": "2026-01-01T00:00:00Z"}

    assert meant_as_grants(GroupKind(GATEWAY_GROUP, kind))
    assert Grant.parse(written).outdated == f"the Gateway API has no kind {kind}"


@pytest.mark.parametrize(
    "kind", [GroupKind("example.org", "ReferenceGrants"), REFERENCE_GRANT, GroupKind(GATEWAY_GROUP, "HTTPRoute")]
)
def test_another_kind_is_not_meant_as_a_grant(kind: GroupKind) -> None:
    assert not meant_as_grants(kind)


@pytest.mark.parametrize(
    ("entry", "shown"),
    [
        (from_entry(), "HTTPRoutes in frontend"),
        (from_entry(group=""), "HTTPRoutes of the core group in frontend"),
        (from_entry(group=None), "HTTPRoutes of no group in frontend"),
        (from_entry(namespace=None), "HTTPRoutes in no namespace"),
        (
            from_entry(group="gateway.envoyproxy.io", kind="SecurityPolicy"),
            "SecurityPolicies.gateway.envoyproxy.io in frontend",
        ),
    ],
)
def test_what_is_wrong_with_a_from_entry_shows_in_its_words(entry: dict[str, Any], shown: str) -> None:
    (parsed_grant,) = parsed(grant([entry], [to_entry(group=GATEWAY_GROUP)]))
    pair = Pair(parsed_grant.from_[0], parsed_grant.to[0])
    assert str(pair) == f"{shown} to reference any Service.gateway.networking.k8s.io"
