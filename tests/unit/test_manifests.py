"""A set of manifests answers like the whole cluster that they would be applied to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.view.reads import Answer, Get, List, Read
from kubectl_refs.manifests.source import Manifests
from tests.support.random_clusters.clusters import NAMESPACES, generate

NAME_LABEL = "kubernetes.io/metadata.name"
NAMESPACE = GroupKind("", "Namespace")
SERVICE = GroupKind("", "Service")


def obj(kind: str, name: str, namespace: str = "", api_version: str = "v1", **fields: Any) -> JSON:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **fields}


def names(manifests: Manifests) -> list[str]:
    return [key_of(each).name for each in manifests.objects]


def get(manifests: Manifests, kind: GroupKind, name: str, namespace: str = "") -> Answer:
    read = Get(ObjectKey(kind.group, kind.kind, namespace, name))
    return manifests.read([read])[read]


def listed(manifests: Manifests, kind: GroupKind, namespace: str | None = None, name: str | None = None) -> Answer:
    read = List(kind, namespace, name)
    return manifests.read([read])[read]


class TestCompletion:
    def test_an_object_without_a_namespace_is_put_into_the_default_one(self) -> None:
        manifests = Manifests([obj("Service", "a"), obj("Service", "b", "other")], "shop")
        assert [key_of(each).namespace for each in manifests.objects] == ["shop", "other"]

    def test_a_cluster_scoped_object_has_no_namespace(self) -> None:
        manifests = Manifests([obj("Namespace", "a"), obj("GatewayClass", "b", "c", f"{GATEWAY_GROUP}/v1")], "shop")
        assert [key_of(each).namespace for each in manifests.objects] == ["", ""]

    def test_a_namespace_bears_its_name_as_a_label(self) -> None:
        given_labels = {"team": "x", NAME_LABEL: "lie"}
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a", "labels": given_labels}}
        answer = get(Manifests([namespace], "default"), NAMESPACE, "a")
        assert answer.object is not None
        assert answer.object["metadata"]["labels"] == {"team": "x", NAME_LABEL: "a"}
        assert not answer.partial
        assert given_labels == {"team": "x", NAME_LABEL: "lie"}

    def test_specs_are_left_as_they_are(self) -> None:
        manifests = Manifests([obj("Service", "a", spec={"ports": [{"port": 80}]})], "default")
        assert manifests.objects[0]["spec"] == {"ports": [{"port": 80}]}


class TestGrants:
    @pytest.mark.parametrize(
        ("written", "suggested"),
        [((), "v1beta1"), (("v1beta1",), "v1beta1"), (("v1beta1", "v1"), "v1"), (("v1alpha2",), "v1beta1")],
    )
    def test_a_new_one_is_of_the_version_that_those_of_the_manifests_have(
        self, written: Sequence[str], suggested: str
    ) -> None:
        grants = [obj("ReferenceGrant", f"g-{each}", "a", f"{GATEWAY_GROUP}/{each}") for each in written]
        assert Manifests(grants, "default").catalog.grant_version == f"{GATEWAY_GROUP}/{suggested}"

    def test_those_of_a_version_that_no_release_of_today_serves_count_in_a_whole_cluster_and_are_known(self) -> None:
        old = obj("ReferenceGrant", "old", "a", f"{GATEWAY_GROUP}/v1alpha2")
        whole, part = (Manifests([old], "default", whole=whole) for whole in (True, False))
        assert [key.name for key in whole.of_old_versions] == ["old"]
        assert part.of_old_versions == []
        assert Grant.parse(whole.objects[0]).admissible
        assert not Grant.parse(part.objects[0]).admissible


class TestReading:
    def test_the_later_of_two_objects_with_one_identity_counts_whatever_their_versions(self) -> None:
        first = obj("HTTPRoute", "r", "a", f"{GATEWAY_GROUP}/v1beta1", spec=1)
        last = obj("HTTPRoute", "r", "a", f"{GATEWAY_GROUP}/v1", spec=2)
        manifests = Manifests([first, obj("Service", "s", "a"), last], "default")
        assert [each.get("spec") for each in manifests.objects] == [None, 2]
        assert get(manifests, GroupKind(GATEWAY_GROUP, "HTTPRoute"), "r", "a").object == last

    def test_what_is_not_among_the_objects_does_not_exist(self) -> None:
        manifests = Manifests([obj("Service", "a", "x")], "default")
        assert get(manifests, SERVICE, "a", "y").absent
        assert get(manifests, SERVICE, "b", "x").absent
        assert listed(manifests, GroupKind("", "Secret")).absent
        assert get(manifests, NAMESPACE, "y").absent

    def test_a_kind_that_nothing_speaks_of_is_not_served(self) -> None:
        manifests = Manifests([], "default")
        strange = GroupKind("x.io", "Strange")
        assert get(manifests, strange, "a", "b") == Answer(served=False)
        assert listed(manifests, strange) == Answer(served=False)

    def test_a_namespace_exists_without_its_labels_known_where_something_lives_in_it(self) -> None:
        manifests = Manifests([obj("Service", "a", "x")], "default")
        answer = get(manifests, NAMESPACE, "x")
        assert answer.partial
        assert answer.object == {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": "x", "labels": {NAME_LABEL: "x"}},
        }
        assert names(manifests) == ["a"]

    def test_a_list_of_namespaces_is_partial_only_where_one_of_its_namespaces_is_implied(self) -> None:
        manifests = Manifests(
            [obj("Namespace", "there"), obj("Service", "a", "there"), obj("Service", "b", "implied")], "d"
        )
        everything = listed(manifests, NAMESPACE)
        assert [key_of(each).name for each in everything.objects] == ["there", "implied"]
        assert everything.partial
        assert not listed(manifests, NAMESPACE, name="there").partial
        assert listed(manifests, NAMESPACE, name="implied").partial
        assert listed(manifests, NAMESPACE, name="none") == Answer()


KINDS = (
    ("Service", "v1"),
    ("HTTPRoute", f"{GATEWAY_GROUP}/v1"),
    ("HTTPRoute", f"{GATEWAY_GROUP}/v1beta1"),
    ("Odd", "x.io/v1"),
)


@given(
    st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from("abc"), st.sampled_from(("", "n1", "n2"))), max_size=25)
)
def test_reading_agrees_with_applying_the_objects_in_turn(drawn: list[tuple[tuple[str, str], str, str]]) -> None:
    given_objects = [
        obj(kind, name, namespace, api_version, spec=index)
        for index, ((kind, api_version), name, namespace) in enumerate(drawn)
    ]
    applied: dict[tuple[str, str, str], int] = {}
    for index, ((kind, _), name, namespace) in enumerate(drawn):
        applied[kind, namespace or "n1", name] = index
    manifests = Manifests(given_objects, "n1")

    assert [each["spec"] for each in manifests.objects] == sorted(applied.values())
    for (kind, namespace, name), index in applied.items():
        group = next(version for known, version in KINDS if known == kind).rpartition("/")[0]
        group_kind = GroupKind(group, kind)
        found = get(manifests, group_kind, name, namespace).object
        assert found is not None
        assert found["spec"] == index
        for wanted in (None, namespace):
            for wanted_name in (None, name):
                assert [each["spec"] for each in listed(manifests, group_kind, wanted, wanted_name).objects] == sorted(
                    spec
                    for (k, ns, n), spec in applied.items()
                    if k == kind and wanted in (None, ns) and wanted_name in (None, n)
                )


class TestCatalog:
    def crd(self, scope: str = "Namespaced", **names: Any) -> JSON:
        spec = {
            "group": "x.io",
            "names": {"kind": "Proxy", "plural": "proxies", **names},
            "scope": scope,
            "versions": [
                {"name": "v1alpha1", "served": True},
                {"name": "v1", "served": False},
                {"name": "v1beta1", "served": True},
                {"name": "v1beta2", "served": True},
            ],
        }
        return obj("CustomResourceDefinition", "proxies.x.io", "", "apiextensions.k8s.io/v1", spec=spec)

    def test_a_custom_resource_definition_defines_its_kind(self) -> None:
        manifests = Manifests([obj("Proxy", "p", "", "x.io/v1beta1"), self.crd(shortNames=["px"])], "default")
        for word in ("proxies", "proxy", "Proxy", "px", "proxies.x.io"):
            served = manifests.catalog.resolve(word)
            assert served is not None
            assert served.group_kind == GroupKind("x.io", "Proxy")
            assert served.versions == ("v1beta2", "v1beta1", "v1alpha1")
        assert key_of(manifests.objects[0]).namespace == "default"

    def test_its_scope_decides_about_the_namespace(self) -> None:
        manifests = Manifests([self.crd("Cluster"), obj("Proxy", "p", "", "x.io/v1beta1")], "default")
        assert [key_of(each).namespace for each in manifests.objects] == ["", ""]

    @pytest.mark.parametrize("spec", [None, {}, {"group": 3, "names": [], "versions": {}}])
    def test_an_incomplete_definition_defines_nothing(self, spec: Any) -> None:
        broken = obj("CustomResourceDefinition", "x", "", "apiextensions.k8s.io/v1", spec=spec)
        catalog = Manifests([broken], "default").catalog
        assert {kind.group_kind for kind in catalog} == {kind.group_kind for kind in Manifests([], "default").catalog}

    def test_a_definition_of_gateway_api_says_which_versions_of_grants_are_served(self) -> None:
        spec = {
            "group": GATEWAY_GROUP,
            "names": {"kind": "ReferenceGrant", "plural": "referencegrants"},
            "versions": [{"name": "v1beta1", "served": True}, {"name": "v1", "served": True}],
        }
        crd = obj("CustomResourceDefinition", "x", "", "apiextensions.k8s.io/v1", spec=spec)
        assert Manifests([], "default").catalog.grant_version == f"{GATEWAY_GROUP}/v1beta1"
        assert Manifests([crd], "default").catalog.grant_version == f"{GATEWAY_GROUP}/v1"

    @pytest.mark.parametrize(
        ("kind", "plural"), [("Backend", "backends"), ("TrafficPolicy", "trafficpolicies"), ("Bus", "buses")]
    )
    def test_a_kind_known_by_its_objects_alone_gets_the_plural_that_kubectl_guesses(
        self, kind: str, plural: str
    ) -> None:
        catalog = Manifests([obj(kind, "a", "n", "x.io/v1"), obj(kind, "b", "n", "x.io/v2")], "default").catalog
        served = catalog.resolve(plural)
        assert served is not None
        assert (served.group_kind, served.versions) == (GroupKind("x.io", kind), ("v1", "v2"))

    @pytest.mark.parametrize(
        ("kind", "given_namespace", "namespace"),
        [("Backend", "", "default"), ("ClusterRole", "", ""), ("StorageClass", "", ""), ("ClusterThing", "n", "n")],
    )
    def test_whether_such_a_kind_is_namespaced_is_judged_by_its_objects_and_its_name(
        self, kind: str, given_namespace: str, namespace: str
    ) -> None:
        manifests = Manifests([obj(kind, "a", given_namespace, "x.io/v1")], "default")
        assert key_of(manifests.objects[0]).namespace == namespace

    def test_it_is_the_catalog_of_no_live_cluster(self) -> None:
        assert not Manifests([], "default").catalog.live


@pytest.mark.parametrize("whole", [True, False])
def test_another_object_among_them_is_as_if_it_had_been_given(whole: bool) -> None:
    for number in range(8):
        objects = Manifests(generate(f"{number}"), "default", whole=whole).objects
        others = Manifests(generate(f"other {number}"), "default", whole=whole).objects
        source = Manifests(objects, "default", whole=whole)
        reads: list[Read] = [Get(key_of(each)) for each in (*objects, *others)]
        places = (None, *NAMESPACES)
        reads += [List(kind, place) for kind in {key_of(each).group_kind for each in objects} for place in places]
        for obj in (*objects[:12], *others[:12]):
            key = key_of(obj)
            for new in (None, {**obj, "metadata": {**obj["metadata"], "labels": {"new": "1"}}}):
                rest = [each for each in objects if key_of(each) != key]
                gone = [key] if new is None else []
                given = source.changed([*rest, *([] if new is None else [new])], gone)
                found = source.with_other(key, new)
                assert read_from(found, reads) == read_from(given, reads), (number, key, new)
                assert [found.catalog.holds(each) for each in NAMESPACES] == [
                    given.catalog.holds(each) for each in NAMESPACES
                ]


def read_from(source: Manifests, reads: Sequence[Read]) -> Any:
    return [
        (
            sorted(json.dumps(each, sort_keys=True) for each in answer.objects),
            answer.assumed,
            answer.partial,
            answer.made_by,
            answer.served,
        )
        for answer in source.read(reads).values()
    ]
