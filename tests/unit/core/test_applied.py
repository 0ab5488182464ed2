"""What stays of an object after a manifest is applied over it; tests/realcluster/test_applied.py asks a real server."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_refs.core.model.objects import JSON, LAST_APPLIED
from kubectl_refs.core.queries.differences.applied import applied
from tests.support.builders import PROPERTY

Object = dict[str, Any]


def route(labels: JSON | None = None, *, last: JSON | str | None = None, managers: Any = None, **spec: Any) -> Object:
    metadata: Object = {"namespace": "a", "name": "r"} | ({} if labels is None else {"labels": labels})
    if last is not None:
        metadata["annotations"] = {LAST_APPLIED: last if isinstance(last, str) else json.dumps(last)}
    if managers is not None:
        metadata["managedFields"] = managers
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": metadata,
        "spec": spec,
    }


def manager(name: str, operation: str, **fields: JSON) -> JSON:
    return {"manager": name, "operation": operation, "fieldsV1": {f"f:{name}": each for name, each in fields.items()}}


OURS = manager("kustomize-controller", "Apply", metadata={"f:labels": {"f:own": {}}}, spec={"f:hostnames": {}})
THEIRS = manager("somebody", "Update", metadata={"f:labels": {"f:more": {}}}, spec={"f:parentRefs": {}})
HELMS = {**OURS, "manager": "helm", "operation": "Update"}
LABELS, HOSTS, PARENTS = {"own": "1", "more": "1"}, ["a.example.com"], [{"name": "g"}]
OWN = route({"own": "1"}, hostnames=HOSTS)


@pytest.mark.parametrize(
    ("existing", "labels", "spec"),
    [
        (route(LABELS, hostnames=HOSTS, parentRefs=PARENTS, last=OWN), None, {"parentRefs": PARENTS}),
        (
            route(LABELS, hostnames=HOSTS, parentRefs=PARENTS, managers=[OURS, THEIRS]),
            {"more": "1"},
            {"parentRefs": PARENTS},
        ),
        (
            route(LABELS, hostnames=HOSTS, parentRefs=PARENTS, managers=[THEIRS, HELMS]),
            {"more": "1"},
            {"parentRefs": PARENTS},
        ),
        (route(LABELS, hostnames=HOSTS, managers=[THEIRS]), LABELS, {"hostnames": HOSTS}),
        (route(LABELS, hostnames=HOSTS, last="{"), LABELS, {}),
        (route(LABELS, hostnames=HOSTS), LABELS, {}),
        (route(LABELS, hostnames=HOSTS, managers=[{**OURS, "subresource": "status"}]), LABELS, {}),
    ],
    ids=["annotation", "server-side", "helm", "created", "broken annotation", "nothing known", "status alone"],
)
def test_what_others_have_set_stays(existing: JSON, labels: JSON | None, spec: JSON) -> None:
    found = applied(existing, route())
    assert (found["metadata"].get("labels"), found["spec"]) == (labels, spec)


def test_what_the_manifest_says_counts() -> None:
    existing = route(LABELS, hostnames=HOSTS, parentRefs=PARENTS, last=OWN)
    found = applied(existing, route({"own": "2"}, hostnames=["b.example.com"], parentRefs=None))
    assert (found["metadata"]["labels"], found["spec"]) == ({"own": "2", "more": "1"}, {"hostnames": ["b.example.com"]})


def test_entries_that_others_have_added_to_a_list_stay_where_entries_have_keys() -> None:
    mine, theirs, new = ({"name": name, "port": 80} for name in ("mine", "theirs", "new"))
    own: JSON = {"f:listeners": {'k:{"name":"mine"}': {}, "k:{": {}}}
    existing = route(listeners=[mine, theirs], managers=[manager("kubectl", "Apply", spec=own)])
    assert applied(existing, route(listeners=[new]))["spec"] == {"listeners": [new, theirs]}


def test_what_only_the_server_has_filled_in_goes_with_what_it_belongs_to() -> None:
    own = manager("kubectl", "Apply", spec={"f:tls": {"f:ref": {"f:name": {}}}, "f:hostnames": {}})
    existing = route(tls={"ref": {"name": "x", "kind": "Secret"}}, hostnames=HOSTS, managers=[own, THEIRS])
    assert applied(existing, route(hostnames=HOSTS))["spec"] == {"hostnames": HOSTS}


def test_an_object_that_is_being_deleted_stays_so() -> None:
    existing = route(last=OWN)
    existing["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    assert applied(existing, route())["metadata"]["deletionTimestamp"] == "2026-01-01T00:00:00Z"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["f:spec", "f:a", "a", "spec", "labels", "k:{}", "k:1"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@PROPERTY
@given(spec=anything, fields=anything, last=anything, new=st.dictionaries(st.sampled_from(["a", "b"]), anything))
def test_whatever_a_cluster_says_the_manifest_is_in_it(spec: Any, fields: Any, last: Any, new: JSON) -> None:
    existing = route(last=json.dumps(last), managers=[{"manager": "kubectl", "operation": "Apply", "fieldsV1": fields}])
    existing["spec"] = spec
    found = applied(existing, route(**new))
    assert {name: found["spec"].get(name) for name in new if not isinstance(new[name], dict)} == {
        name: value for name, value in new.items() if not isinstance(value, dict)
    }
