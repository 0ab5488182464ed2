"""The names that objects can have."""

from __future__ import annotations

import pytest

from kubectl_refs.core.model.kinds import CLUSTER_TRUST_BUNDLE, GATEWAY, NAMESPACE, SECRET, SERVICE
from kubectl_refs.core.model.names import can_be_named, can_exist
from kubectl_refs.core.model.objects import GroupKind, ObjectKey


@pytest.mark.parametrize("kind", [SERVICE, NAMESPACE])
@pytest.mark.parametrize(
    ("name", "possible"),
    [
        ("a", True),
        ("a-1", True),
        ("1a", True),
        ("a" * 63, True),
        ("${TEAM}-Api", True),
        ("a" * 64, False),
        ("a.b", False),
        ("A", False),
        ("-a", False),
        ("a-", False),
        ("a_b", False),
        ("a/b", False),
        ("a\n", False),
        ("*", False),
        ("", False),
    ],
)
def test_services_and_namespaces_have_dns_labels(kind: GroupKind, name: str, possible: bool) -> None:
    assert can_be_named(kind, name) is possible


@pytest.mark.parametrize(
    ("name", "possible"),
    [("a.b-c", True), ("a" * 253, True), ("a" * 254, False), ("a..b", False), ("a.-b", False), ("a.B", False)],
)
def test_other_objects_have_dns_subdomains(name: str, possible: bool) -> None:
    assert can_be_named(SECRET, name) is can_be_named(GATEWAY, name) is possible


def test_a_bundle_has_the_name_of_its_signer_with_colons() -> None:
    assert can_be_named(CLUSTER_TRUST_BUNDLE, "example.com:roots:v1")


def test_an_object_needs_a_namespace_that_can_exist() -> None:
    assert can_exist(ObjectKey("", "Service", "backend", "api"))
    assert can_exist(ObjectKey("", "Namespace", "", "backend"))
    assert not can_exist(ObjectKey("", "Service", "*", "api"))
