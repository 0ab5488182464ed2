"""Every row of the table of reference fields is found at its exact path, and nothing malformed raises or is lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_refs.core.fields.extraction import Malformed, exclude_each_other, references_of
from kubectl_refs.core.fields.gateway_api import TABLE
from kubectl_refs.core.fields.table import Table
from kubectl_refs.core.model.kinds import CLUSTER_SCOPED, ROUTES
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism, ReferenceField, Role
from kubectl_refs.core.model.values import at
from tests.support.builders import PROPERTY, route_with


def paths(obj: dict[str, Any]) -> list[str]:
    held, malformed = references_of(obj, TABLE)
    assert malformed == ()
    return [each.reference.path for each in held]


def steps(path: str) -> list[str | int]:
    return [int(step) if step.isdigit() else step for step in re.findall(r"[^.\[\]]+", path)]


def spelled(row: ReferenceField) -> str:
    """A row's path with some steps in place of `**`."""
    return row.path.replace("**", "some[*].steps")


def exact(row: ReferenceField, indices: list[int]) -> str:
    path = spelled(row)
    for index in indices:
        path = path.replace("[*]", f"[{index}]", 1)
    return path


def nested(path: str, entry: Any) -> Any:
    """An object with one entry at an exact path; earlier elements of its lists are null."""
    for step in reversed(steps(path)):
        entry = [None] * step + [entry] if isinstance(step, int) else {step: entry}
    return entry


CASES = [
    pytest.param(row, referrer, index, id=f"{referrer.kind} {row.path} {index}")
    for row in TABLE
    if not row.selects and not row.annotation
    for referrer in row.referrers
    for index in (0, 2)
]


@pytest.mark.parametrize(("row", "referrer", "index"), CASES)
def test_every_row_is_found_at_its_exact_path(row: ReferenceField, referrer: GroupKind, index: int) -> None:
    indices = [index + offset for offset in range(spelled(row).count("[*]"))]
    path = exact(row, indices)
    # With a `type` field, only certain values make it a reference.
    kind = row.by_kind[0] if row.kind_field == "type" else GroupKind("example.org", "Thing")
    entry = {
        row.group_field: kind.group,
        row.kind_field: kind.kind,
        "namespace": "backend",
        "name": "x",
        "sectionName": "s",
        **nested(row.port_field, 80),
    }
    obj = {**route_with({}, referrer.kind), "apiVersion": f"{referrer.group}/v1".removeprefix("/")}
    obj["spec"] = nested(path, entry)["spec"]
    held, _ = references_of(obj, TABLE)
    (found,) = (each for each in held if each.reference.path == path)
    assert (found.field, found.entry, found.indices) == (row, entry, tuple(indices))
    assert found.reference.referrer == ObjectKey(referrer.group, referrer.kind, "frontend", "web")
    assert (found.reference.port, found.reference.section_name) == (80, "s")
    local = row.governed_by is Mechanism.LOCAL and not row.own_namespace
    assert found.reference.to == ObjectKey(kind.group, kind.kind, "frontend" if local else "backend", "x")
    assert found.reference.explicit_namespace is not local
    assert found.reference.crosses is not local


@pytest.mark.parametrize(("row", "referrer", "index"), CASES)
def test_defaults_of_a_row_are_filled_in(row: ReferenceField, referrer: GroupKind, index: int) -> None:
    path = exact(row, [0] * spelled(row).count("[*]"))
    obj = {**route_with({}, referrer.kind), "apiVersion": f"{referrer.group}/v1".removeprefix("/")}
    obj["spec"] = nested(path, {"name": "x"})["spec"]
    held, malformed = references_of(obj, TABLE)
    here = [each.reference for each in held if each.reference.path == path]
    if row.default is None:
        assert here == []
        assert Malformed(path, "it has no group") in malformed
    else:
        (found,) = here
        namespace = "" if row.default in CLUSTER_SCOPED else "frontend"
        assert found.to == ObjectKey(row.default.group, row.default.kind, namespace, "x")
        assert not found.explicit_namespace
        assert not found.crosses


def test_all_references_of_a_route_are_found() -> None:
    mirror = {"type": "RequestMirror", "requestMirror": {"backendRef": {"name": "m"}}}
    auth = {"type": "ExternalAuth", "externalAuth": {"backendRef": {"name": "a"}}}
    extension = {"type": "ExtensionRef", "extensionRef": {"group": "example.org", "kind": "Filter", "name": "f"}}
    rewrite = {"type": "URLRewrite", "urlRewrite": {}}
    spec = {
        "parentRefs": [{"name": "g"}, {"name": "h"}],
        "rules": [
            {"backendRefs": [{"name": "s"}, {"name": "t", "filters": [rewrite, mirror, auth, extension]}]},
            {},
            {"filters": [mirror, extension, rewrite, auth], "backendRefs": []},
        ],
    }
    assert sorted(paths(route_with(spec))) == [
        "spec.parentRefs[0]",
        "spec.parentRefs[1]",
        "spec.rules[0].backendRefs[0]",
        "spec.rules[0].backendRefs[1]",
        "spec.rules[0].backendRefs[1].filters[1].requestMirror.backendRef",
        "spec.rules[0].backendRefs[1].filters[2].externalAuth.backendRef",
        "spec.rules[0].backendRefs[1].filters[3].extensionRef",
        "spec.rules[2].filters[0].requestMirror.backendRef",
        "spec.rules[2].filters[1].extensionRef",
        "spec.rules[2].filters[3].externalAuth.backendRef",
    ]


@pytest.mark.parametrize("kind", ["TLSRoute", "TCPRoute", "UDPRoute"])
def test_a_route_without_filters_has_none(kind: str) -> None:
    mirror = {"requestMirror": {"backendRef": {"name": "m"}}}
    obj = route_with({"rules": [{"filters": [mirror], "backendRefs": [{"name": "s", "filters": [mirror]}]}]}, kind)
    assert paths(obj) == ["spec.rules[0].backendRefs[0]"]


def test_a_grpc_route_has_no_external_auth() -> None:
    auth = {"externalAuth": {"backendRef": {"name": "a"}}}
    assert paths(route_with({"rules": [{"filters": [auth]}]}, "GRPCRoute")) == []


def test_references_in_the_status_are_not_references() -> None:
    assert paths({**route_with({}), "status": {"parents": [{"parentRef": {"name": "g"}}]}}) == []


def test_a_kind_without_rows_holds_nothing() -> None:
    assert references_of({"apiVersion": "v1", "kind": "Service", "spec": {"parentRefs": [{"name": "g"}]}}, TABLE) == (
        (),
        (),
    )
    assert references_of({"apiVersion": "v1", "kind": "HTTPRoute", "spec": {"parentRefs": [{"name": "g"}]}}, TABLE) == (
        (),
        (),
    )
    assert references_of({}, TABLE) == ((), ())


def test_the_served_version_does_not_matter() -> None:
    for version in ("v1", "v1beta1", "v1alpha2"):
        obj = {**route_with({"parentRefs": [{"name": "g"}]}), "apiVersion": f"{GATEWAY_GROUP}/{version}"}
        assert paths(obj) == ["spec.parentRefs[0]"]


@pytest.mark.parametrize(
    ("namespace", "crosses", "explicit"),
    [("backend", True, True), ("frontend", False, True), ("", False, False), (None, False, False)],
)
def test_a_reference_crosses_if_it_names_another_namespace(namespace: Any, crosses: bool, explicit: bool) -> None:
    obj = route_with({"rules": [{"backendRefs": [{"name": "s", "namespace": namespace}]}]})
    ((held,), malformed) = references_of(obj, TABLE)
    assert malformed == ()
    assert (held.reference.crosses, held.reference.explicit_namespace) == (crosses, explicit)


def test_an_empty_group_is_core_and_not_the_default() -> None:
    ((held,), _) = references_of(route_with({"parentRefs": [{"group": "", "kind": "Service", "name": "s"}]}), TABLE)
    assert held.reference.to == ObjectKey("", "Service", "frontend", "s")


@pytest.mark.parametrize(
    ("port", "written"),
    [("80", '"80"'), ("", '""'), (80.5, "80.5"), (True, "true"), ([80], "a list"), ({}, "an object")],
)
def test_a_reference_whose_port_is_no_integer_keeps_its_target(port: Any, written: str) -> None:
    ((held,), malformed) = references_of(route_with({"rules": [{"backendRefs": [{"name": "s", "port": port}]}]}), TABLE)
    assert malformed == ()
    assert (held.reference.to.name, held.reference.port, held.reference.wrong_port) == ("s", None, written)


def test_a_port_of_null_is_absent() -> None:
    ((held,), _) = references_of(route_with({"rules": [{"backendRefs": [{"name": "s", "port": None}]}]}), TABLE)
    assert held.reference.port is None


@pytest.mark.parametrize(
    ("spec", "path", "problem"),
    [
        ("x", "spec", "it must be an object, not a string"),
        ([], "spec", "it must be an object, not a list"),
        ({"rules": {}}, "spec.rules", "it must be a list, not an object"),
        ({"rules": ["x"]}, "spec.rules[0]", "it must be an object, not a string"),
        ({"rules": [None]}, "spec.rules[0]", "it must be an object, not null"),
        ({"rules": [{}, 3]}, "spec.rules[1]", "it must be an object, not a number"),
        ({"rules": [{"backendRefs": {"name": "s"}}]}, "spec.rules[0].backendRefs", "it must be a list, not an object"),
        ({"rules": [{"backendRefs": ["s"]}]}, "spec.rules[0].backendRefs[0]", "it must be an object, not a string"),
        ({"rules": [{"backendRefs": [{}]}]}, "spec.rules[0].backendRefs[0]", "it has no name"),
        ({"rules": [{"backendRefs": [{"name": ""}]}]}, "spec.rules[0].backendRefs[0]", "its name is empty"),
        (
            {"rules": [{"backendRefs": [{"name": "s", "kind": ""}]}]},
            "spec.rules[0].backendRefs[0]",
            "its kind is empty",
        ),
        (
            {"rules": [{"backendRefs": [{"name": 5}]}]},
            "spec.rules[0].backendRefs[0]",
            "name must be a string, not 5",
        ),
        (
            {"rules": [{"backendRefs": [{"name": "s", "namespace": True}]}]},
            "spec.rules[0].backendRefs[0]",
            "namespace must be a string, not true",
        ),
        (
            {"rules": [{"filters": [{"requestMirror": "x"}]}]},
            "spec.rules[0].filters[0].requestMirror",
            "it must be an object, not a string",
        ),
    ],
)
def test_what_is_malformed_is_told_once_with_its_place(spec: Any, path: str, problem: str) -> None:
    held, malformed = references_of({**route_with({}), "spec": spec}, TABLE)
    assert held == ()
    assert malformed == (Malformed(path, problem),)


def test_sound_references_beside_a_malformed_one_are_found() -> None:
    held, malformed = references_of(route_with({"rules": [{"backendRefs": [{"name": "a"}, 7, {"name": "b"}]}]}), TABLE)
    assert [(each.reference.to.name, each.indices) for each in held] == [("a", (0, 0)), ("b", (0, 2))]
    assert [each.path for each in malformed] == ["spec.rules[0].backendRefs[1]"]


DEEP = GroupKind("example.org", "Deep")


def deep(*found: str) -> Table:
    return Table(ReferenceField((DEEP,), path, Mechanism.REFERENCE_GRANT, Role.OTHER) for path in found)


def within(spec: Any, *found: str) -> list[str]:
    held, malformed = references_of({"apiVersion": "example.org/v1", "kind": "Deep", "spec": spec}, deep(*found))
    assert malformed == ()
    return [each.reference.path for each in held]


def test_two_stars_stand_for_any_number_of_steps_and_for_none() -> None:
    ref = {"name": "s"}
    spec = {"ref": ref, "a": {"ref": ref, "b": [{"c": 1}, {"ref": ref}, [{"ref": ref}]]}, "refs": [ref]}
    paths_of_ref = ["spec.ref", "spec.a.ref", "spec.a.b[1].ref", "spec.a.b[2][0].ref"]
    assert within(spec, "spec.**.ref") == paths_of_ref
    assert within(spec, "spec.**.refs[*]") == ["spec.refs[0]"]
    assert within(spec, "spec.a.**.ref") == paths_of_ref[1:]
    assert within(spec, "spec.**.b[*].ref") == ["spec.a.b[1].ref"]
    assert within(spec, "**.ref") == paths_of_ref


def test_every_table_has_its_own_rows_of_a_kind() -> None:
    spec = {"ref": {"name": "s"}, "other": {"name": "s"}}
    assert (within(spec, "spec.ref"), within(spec, "spec.other")) == (["spec.ref"], ["spec.other"])


def test_what_bars_the_way_stands_between_what_is_wrong_with_entries() -> None:
    rules = [{"backendRefs": [{}]}, 5, {"backendRefs": [{"name": 3}], "filters": "x"}]
    _, malformed = references_of(route_with({"rules": rules}), TABLE)
    assert [each.path for each in malformed] == [
        "spec.rules[0].backendRefs[0]",
        "spec.rules[1]",
        "spec.rules[2].backendRefs[0]",
        "spec.rules[2].filters",
    ]


def test_a_reference_within_a_reference_is_found_too() -> None:
    assert within({"ref": {"name": "s", "ref": {"name": "t"}}}, "spec.**.ref") == ["spec.ref", "spec.ref.ref"]


def test_what_several_ways_lead_to_is_found_once() -> None:
    spec = {"a": {"x": {"a": {"ref": {"name": "s"}}}}}
    assert within(spec, "spec.**.a.**.ref") == ["spec.a.x.a.ref"]
    assert within(spec, "spec.a.x.a.ref", "spec.**.ref") == ["spec.a.x.a.ref"]


def test_a_name_that_stands_for_something_else_in_the_depth_is_no_mistake() -> None:
    assert within({"ref": "word", "a": {"ref": ["s"], "b": {"ref": 5}}}, "spec.**.ref", "spec.**.ref[*].x") == []


@pytest.mark.parametrize("entry", [{}, {"name": ""}, {"name": 7}])
def test_an_entry_in_the_depth_that_names_nothing_is_malformed(entry: Any) -> None:
    obj = {"apiVersion": "example.org/v1", "kind": "Deep", "spec": {"a": {"ref": entry}}}
    held, malformed = references_of(obj, deep("spec.**.ref"))
    assert (held, [each.path for each in malformed]) == ((), ["spec.a.ref"])


FIELD_NAMES = (
    *("parentRefs", "rules", "backendRefs", "filters", "requestMirror", "externalAuth", "extensionRef", "backendRef"),
    *("group", "kind", "namespace", "name", "port", "sectionName"),
)
ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=4)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(FIELD_NAMES), inner, max_size=4)
    ),
    max_leaves=25,
)
RULES = st.fixed_dictionaries({}, optional={"backendRefs": st.lists(ANYTHING, max_size=3), "filters": ANYTHING})
SPECS = st.one_of(
    ANYTHING, st.fixed_dictionaries({}, optional={"parentRefs": ANYTHING, "rules": st.lists(RULES | ANYTHING)})
)


@PROPERTY
@given(SPECS, st.sampled_from([kind.kind for kind in ROUTES]))
def test_whatever_an_object_holds_is_read_without_an_exception(spec: Any, kind: str) -> None:
    obj = {**route_with({}, kind), "spec": spec}
    held, malformed = references_of(obj, TABLE)
    for each in held:
        assert at(obj, *steps(each.reference.path)) is each.entry
        assert each.reference.to.name == each.entry["name"]
        assert each.indices == tuple(step for step in steps(each.reference.path) if isinstance(step, int))
    told = [each.path for each in malformed]
    assert len(set(malformed)) == len(malformed)
    assert not set(told) & {each.reference.path for each in held}


@pytest.mark.parametrize(
    ("one", "other", "excluded"),
    [
        ({}, {}, True),
        ({"sectionName": "a"}, {"sectionName": "a"}, True),
        ({"sectionName": "a"}, {}, True),
        ({"sectionName": "a", "port": 1}, {"sectionName": "", "port": 2}, True),
        ({"port": 1}, {}, True),
        ({"port": 1}, {"port": 1}, True),
        ({"port": 1}, {"port": 2}, None),
        ({"sectionName": "a", "port": 1}, {"sectionName": "b"}, None),
        ({"sectionName": "a"}, {"sectionName": "b"}, False),
        ({"sectionName": "a", "port": 1}, {"sectionName": "b", "port": 1}, False),
        ({"namespace": "a"}, {}, False),
        ({"name": "h"}, {}, False),
    ],
)
def test_api_servers_take_two_references_to_one_parent_only_apart(
    one: JSON, other: JSON, excluded: bool | None
) -> None:
    """As the real API server does with the CRDs of 1.6.3: True if those of both channels refuse, None if those of one do."""
    parents = [{"name": "g", **each} for each in (one, other)]
    found, _ = references_of(route_with({"parentRefs": parents}), TABLE)
    assert exclude_each_other(*(each.reference for each in found)) is excluded
    assert [each.reference.repeats for each in found] == ["", "spec.parentRefs[0]" if excluded else ""]
    metadata = {"name": "r", "namespace": "a", "creationTimestamp": "2026-01-01T00:00:00Z"}
    stored, _ = references_of({**route_with({"parentRefs": parents}), "metadata": metadata}, TABLE)
    assert [each.reference.repeats for each in stored] == ["", ""]


@PROPERTY
@given(ANYTHING, ANYTHING, ANYTHING)
def test_whatever_an_objects_identity_is_nothing_raises(version: Any, kind: Any, metadata: Any) -> None:
    references_of(
        {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": {"parentRefs": [{"name": "g"}]}}, TABLE
    )
    obj = {**route_with({"parentRefs": [{"name": "g"}]}), "metadata": metadata}
    ((held,), _) = references_of(obj, TABLE)
    assert held.reference.to.name == "g"


@pytest.mark.parametrize(
    ("port", "read", "wrong"),
    [
        ({"number": 9002}, 9002, ""),
        (None, None, ""),
        ({"number": "9002"}, None, '"9002"'),
    ],
)
def test_a_port_may_stand_in_an_object_of_its_own(port: Any, read: int | None, wrong: str) -> None:
    pool = {
        "apiVersion": "inference.networking.k8s.io/v1",
        "kind": "InferencePool",
        "metadata": {"namespace": "models", "name": "llama"},
        "spec": {"endpointPickerRef": {"name": "epp", "port": port}},
    }
    ((held,), malformed) = references_of(pool, TABLE)
    assert malformed == ()
    assert (held.reference.port, held.reference.wrong_port) == (read, wrong)
