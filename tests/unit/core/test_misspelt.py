"""Field names that are misspellings of a name on the path to a reference."""

from __future__ import annotations

from typing import Any

import pytest

from kubectl_refs.core.fields.extraction import references_of
from kubectl_refs.core.fields.gateway_api import TABLE
from kubectl_refs.core.fields.misspelt import misspelt_in, namespaces_in
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON

MIRROR = {"type": "RequestMirror", "requestMirror": {"backendRef": {"name": "api"}}}


def found_in(spec: JSON, kind: str = "HTTPRoute", group: str = GATEWAY_GROUP, **metadata: Any) -> dict[str, str | None]:
    obj = {"apiVersion": f"{group}/v1", "kind": kind, "metadata": {"name": "x", **metadata}, "spec": spec}
    return {each.path: each.meant for each in misspelt_in(obj, TABLE)}


@pytest.mark.parametrize(
    ("kind", "spec", "found"),
    [
        ("HTTPRoute", {"rules": [{"backendRef": [{"name": "api"}]}]}, {"spec.rules[0].backendRef": "backendRefs"}),
        ("HTTPRoute", {"rules": [{}, {"backendrefs": []}]}, {"spec.rules[1].backendrefs": "backendRefs"}),
        ("HTTPRoute", {"parentRef": {"name": "gw"}}, {"spec.parentRef": "parentRefs"}),
        ("HTTPRoute", {"parentRefs": [{"name": "gw", "sectionNam": "http"}]}, {"spec.parentRefs[0].sectionNam": "sectionName"}),
        ("HTTPRoute", {"rules": [{"backendRefs": [{"name": "api", "namspace": "a"}]}]}, {"spec.rules[0].backendRefs[0].namspace": "namespace"}),
        ("HTTPRoute", {"rules": [{"filters": [{"requestMirror": {"backendRefs": []}}]}]}, {"spec.rules[0].filters[0].requestMirror.backendRefs": "backendRef"}),
        ("Gateway", {"listeners": [{"tls": {"certificateRef": []}}]}, {"spec.listeners[0].tls.certificateRef": "certificateRefs"}),
        ("ListenerSet", {"parentRefs": [{"name": "gw"}]}, {"spec.parentRefs": "parentRef"}),
        ("BackendTLSPolicy", {"targetRef": {"name": "api"}}, {"spec.targetRef": "targetRefs"}),
    ],
)  # fmt: skip
def test_a_slip_is_found_with_its_exact_path(kind: str, spec: JSON, found: dict[str, str]) -> None:
    assert found_in(spec, kind) == found
    assert found_in(spec, kind, creationTimestamp="2026-01-01T00:00:00Z") == {}


@pytest.mark.parametrize(
    "spec",
    [
        pytest.param({"rules": [{"filters": [MIRROR], "backendRefs": [{"name": "api", "filters": [MIRROR]}]}]}, id="own fields"),
        pytest.param({"rules": [{"backendRef": [], "backendRefs": []}]}, id="beside what is meant"),
        pytest.param({"rules": [{"filters": [{"extensionRef": {"kind": "A", "name": "b", "namspace": "c"}}]}]}, id="no namespace there"),
        pytest.param({"rules": [{"timeouts": {}, "retry": {}, "matches": [], "name": "x", "": 1, "x": 2}]}, id="other fields"),
        pytest.param({"rules": {"backendRefs": 5}, "parentRefs": [5, None, []]}, id="wrong types"),
        pytest.param(None, id="nothing"),
    ],
)  # fmt: skip
def test_what_is_no_slip_is_left_alone(spec: JSON) -> None:
    assert found_in(spec) == {}


@pytest.mark.parametrize(
    ("rule", "advice"),
    [
        ({"backendRef": [{"name": "api"}]}, "write backendRefs in place of backendRef"),
        ({"backendRef": {"name": "api"}}, "write backendRefs in place of backendRef, as a list"),
        (
            {"filters": [{"requestMirror": {"backendRefs": [{"name": "api"}]}}]},
            "write backendRef in place of backendRefs, as one object and no list",
        ),
    ],
)
def test_what_to_write_has_the_shape_of_what_is_meant(rule: JSON, advice: str) -> None:
    obj = {
        "apiVersion": f"{GATEWAY_GROUP}/v1",
        "kind": "HTTPRoute",
        "metadata": {"name": "x"},
        "spec": {"rules": [rule]},
    }
    assert [each.advice for each in misspelt_in(obj, TABLE)] == [advice]


def test_the_same_names_are_a_slip_at_one_place_and_none_at_another() -> None:
    # Names are remembered by place.
    mirror = {"requestMirror": {"backendRef": {"name": "api"}}}
    rule = {"filters": [mirror], "backendRefs": [{"name": "api", "filters": [mirror]}]}
    assert found_in({"rules": [rule, {"backendRef": {"name": "api"}}]}) == {"spec.rules[1].backendRef": "backendRefs"}
    assert found_in({"rules": [{"backendRef": {}}], "backendRef": {}}) == {"spec.rules[0].backendRef": "backendRefs"}


def test_slips_are_told_in_the_order_in_which_they_are_written() -> None:
    spec = {"rules": [{"filter": []}, {"backendRefs": [{"nam": "api"}]}], "parentRef": {}}
    assert list(found_in(spec)) == ["spec.rules[0].filter", "spec.rules[1].backendRefs[0].nam", "spec.parentRef"]
    turned = dict(reversed(spec.items()))
    assert list(found_in(turned)) == ["spec.parentRef", "spec.rules[0].filter", "spec.rules[1].backendRefs[0].nam"]


def test_of_other_kinds_not_all_fields_are_known() -> None:
    assert found_in({"targetRef": {"name": "web"}}, "SecurityPolicy", "gateway.envoyproxy.io") == {}


@pytest.mark.parametrize(
    ("kind", "spec", "found"),
    [
        ("HTTPRoute", {"rules": [{"filters": [{"extensionRef": {"group": "a", "kind": "A", "name": "b", "namespace": "c"}}]}]},
         {"spec.rules[0].filters[0].extensionRef.namespace": "the A is looked for in frontend"}),
        ("BackendTLSPolicy", {"targetRefs": [{"group": "", "kind": "Service", "name": "b", "namespace": "frontend"}]},
         {"spec.targetRefs[0].namespace": "the Service is looked for in frontend"}),
        ("BackendTLSPolicy", {"validation": {"caCertificateRefs": [{"group": "certificates.k8s.io", "kind": "ClusterTrustBundle", "name": "b", "namespace": "c"}]}},
         {"spec.validation.caCertificateRefs[0].namespace": "a ClusterTrustBundle has none"}),
        ("HTTPRoute", {"rules": [{"backendRefs": [{"name": "api", "namespace": "backend"}]}]}, {}),
        ("HTTPRoute", {"rules": [{"filters": [{"extensionRef": {"group": "a", "kind": "A", "name": "b"}}]}]}, {}),
    ],
)  # fmt: skip
def test_a_namespace_where_a_reference_has_none_is_found(kind: str, spec: JSON, found: dict[str, str]) -> None:
    obj = {
        "apiVersion": f"{GATEWAY_GROUP}/v1",
        "kind": kind,
        "metadata": {"name": "x", "namespace": "frontend"},
        "spec": spec,
    }
    references, _ = references_of(obj, TABLE)
    assert {each.path: each.remark for each in namespaces_in(obj, references)} == found
    created = obj | {"metadata": {"name": "x", "creationTimestamp": "2026-01-01T00:00:00Z"}}
    assert list(namespaces_in(created, references)) == []
