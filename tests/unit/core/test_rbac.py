"""RBAC evaluated: rules, subjects, aggregation; and the whole against a second evaluator that asks the other way."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_refs.core.model import GATEWAY_GROUP, JSON, ObjectKey
from kubectl_refs.core.rbac import (
    MASTERS,
    RBAC_GROUP,
    Actions,
    Held,
    Permission,
    Subject,
    held,
    permissions,
    reach,
    role_of,
    subjects_of,
)
from kubectl_refs.core.writers import VERBS, WhoCan, find_writers
from kubectl_refs.manifests import Manifests
from tests.unit.core.builders import PROPERTY
from tests.unit.core.rbacobjects import Stored, account, aggregating, binding, group, labelled, role, rule, user

ACTIONS = Actions(GATEWAY_GROUP, "referencegrants", VERBS)
CREATE, PATCH = Permission("create"), Permission("patch")
ALL = tuple(map(Permission, VERBS))


@pytest.mark.parametrize(
    ("rules", "permitted"),
    [
        ([rule("create")], (CREATE,)),
        ([rule("patch", "create", "get")], (CREATE, PATCH)),
        ([rule("create"), rule("patch")], (CREATE, PATCH)),
        ([rule("*")], ALL),
        ([rule("*", group="*", resource="*")], ALL),
        ([rule("create", group="*")], (CREATE,)),
        ([rule("create", resource="*")], (CREATE,)),
        ([], ()),
        ([rule("get", "list", "watch")], ()),
        ([rule("create", group="")], ()),
        ([rule("create", group="gateway.networking")], ()),
        ([rule("create", resource="services")], ()),
        ([rule("create", resource="ReferenceGrants")], ()),
        ([rule("create", resource="referencegrant")], ()),
        ([rule("create", resource="referencegrants/status")], ()),
        ([rule("create", resource="*/status")], ()),
        ([rule("create", resource="referencegrants/*")], ()),
        ([rule("deletecollection")], ()),
        ([{"nonResourceURLs": ["*"], "verbs": ["*"]}], ()),
        # The verb of one rule and the resource of another do not add up.
        ([rule("get"), rule("create", resource="services")], ()),
        ([rule("patch", resourceNames=["b", "a"])], (Permission("patch", ("a", "b")),)),
        ([rule("patch", resourceNames=["b"]), rule("patch", resourceNames=["a"])], (Permission("patch", ("a", "b")),)),
        ([rule("patch", resourceNames=["b"]), rule("patch")], (PATCH,)),
        ([rule("patch"), rule("patch", resourceNames=["b"])], (PATCH,)),
        ([rule("patch", resourceNames=[])], (PATCH,)),
        ([rule("patch", resourceNames=["*"])], (Permission("patch", ("*",)),)),
        ([rule("create", "patch", resourceNames=["a"])], (Permission("create", ("a",)), Permission("patch", ("a",)))),
        # A request to create by POST has no name: that is what the empty one matches.
        ([rule("create", "patch", resourceNames=[""])], (CREATE,)),
        ([rule("create", resourceNames=["a", ""])], (CREATE,)),
        ([rule("patch", resourceNames=["", "a"])], (Permission("patch", ("a",)),)),
        ([rule("patch", resourceNames=[7])], ()),
        (["create", None, {"verbs": "create"}], ()),
        (None, ()),
    ],
)
def test_rules_permit_what_the_authorizer_says(rules: Any, permitted: tuple[Permission, ...]) -> None:
    assert permissions(rules, ACTIONS) == permitted


def test_only_the_verbs_asked_about_are_told() -> None:
    assert permissions([rule("*")], Actions(GATEWAY_GROUP, "referencegrants", ("patch",))) == (PATCH,)


@pytest.mark.parametrize(
    ("subject", "meant"),
    [
        (user("jane"), Subject("User", "jane")),
        (group("team"), Subject("Group", "team")),
        (account("bot", "ci"), Subject("ServiceAccount", "bot", "ci")),
        (account("bot"), Subject("ServiceAccount", "bot", "own")),
        (user("system:serviceaccount:ci:bot"), Subject("ServiceAccount", "bot", "ci")),
        (user("system:serviceaccount:ci"), Subject("User", "system:serviceaccount:ci")),
        (group("system:serviceaccount:ci:bot"), Subject("Group", "system:serviceaccount:ci:bot")),
    ],
)
def test_a_subject_is_who_the_request_comes_from(subject: JSON, meant: Subject) -> None:
    assert subjects_of(binding("b", "Role/r", subject, namespace="own")) == (meant,)


@pytest.mark.parametrize("subject", [account("bot"), {"kind": "Robot", "name": "x"}, {"kind": "User"}, "jane", None])
def test_what_is_no_subject_gets_nothing(subject: Any) -> None:
    assert subjects_of(binding("b", "ClusterRole/r", subject)) == ()


def test_a_subject_named_twice_is_one() -> None:
    twice = binding("b", "ClusterRole/r", account("bot", "ci"), user("system:serviceaccount:ci:bot"))

    assert subjects_of(twice) == (Subject("ServiceAccount", "bot", "ci"),)


def test_a_role_is_one_of_the_bindings_own_namespace_and_a_cluster_role_of_none() -> None:
    assert role_of(binding("b", "Role/r", namespace="a")) == ObjectKey(RBAC_GROUP, "Role", "a", "r")
    assert role_of(binding("b", "ClusterRole/r", namespace="a")) == ObjectKey(RBAC_GROUP, "ClusterRole", "", "r")


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        (Subject("Group", "system:authenticated"), "everyone who is logged in, and every service account"),
        (Subject("Group", "system:serviceaccounts:ci"), "every service account of namespace ci"),
        (Subject("User", "system:anonymous"), "everyone who is not logged in"),
        (Subject("User", "system:authenticated"), ""),
        (Subject("Group", "team"), ""),
        (MASTERS, ""),
    ],
)
def test_the_servers_own_groups_are_told_in_words(subject: Subject, words: str) -> None:
    assert reach(subject) == words


def held_by(name: str, *roles: JSON, settled: bool = False) -> Held:
    by_name = {each["metadata"]["name"]: each for each in roles}
    return held(by_name[name], by_name, ACTIONS, settled=settled)


def test_a_role_takes_over_the_rules_of_those_that_it_selects() -> None:
    roles = aggregating("admin", tier="admin"), labelled(role("grants", rule("create")), tier="admin")

    assert held_by("admin", *roles) == Held((CREATE,), ("grants",))
    assert held_by("admin", aggregating("admin", tier="admin"), role("grants", rule("create"))) == Held(())


def test_aggregation_goes_on_through_roles_that_aggregate_and_ends_in_a_circle() -> None:
    admin, edit = aggregating("admin", tier="edit", labels={"tier": "view"}), aggregating("edit", tier="view")
    roles = admin, labelled(edit, tier="edit"), labelled(role("grants", rule("patch")), tier="view")

    assert held_by("admin", *roles) == Held((PATCH,), ("grants",))


def test_a_role_that_selects_everything_does_not_name_itself() -> None:
    everything = {**role("all", rule("patch")), "aggregationRule": {"clusterRoleSelectors": [{}]}}

    assert held_by("all", everything, role("grants", rule("create"))) == Held((CREATE, PATCH), ("grants",))


def test_on_a_cluster_only_rules_that_have_been_copied_count() -> None:
    grants = labelled(role("grants", rule("create")), tier="admin")

    before = held_by("admin", aggregating("admin", tier="admin"), grants, settled=True)
    after = held_by("admin", aggregating("admin", rule("create"), tier="admin"), grants, settled=True)

    assert before == Held((), (), ("grants",))
    assert after == Held((CREATE,), ("grants",))


def test_a_role_of_a_namespace_aggregates_nothing() -> None:
    local = {**role("r", namespace="a"), "aggregationRule": {"clusterRoleSelectors": [{}]}}

    assert held(local, {"grants": role("grants", rule("create"))}, ACTIONS, settled=False) == Held(())


# The second evaluator: one request at a time, as the API server decides it, over rules that a controller has copied.

NAMESPACES = ("a", "b")
NAMES = ("g1", "g2")
REQUESTERS = (
    ("jane", ("system:authenticated",)),
    ("joe", ("team", "system:authenticated")),
    ("system:serviceaccount:a:bot", ("system:serviceaccounts", "system:serviceaccounts:a", "system:authenticated")),
    ("system:serviceaccount:b:bot", ("system:serviceaccounts", "system:serviceaccounts:b", "system:authenticated")),
    ("system:anonymous", ("system:unauthenticated",)),
)

subjects = st.sampled_from(
    [
        *(user("jane"), user("joe"), user("system:serviceaccount:a:bot"), user("system:anonymous"), user("team")),
        *(group("team"), group("system:authenticated"), group("system:serviceaccounts:b"), group("jane")),
        *(account("bot", "a"), account("bot", "b"), account("bot")),
    ]
)
rules = st.builds(
    lambda groups, resources, verbs, names: {
        "apiGroups": groups,
        "resources": resources,
        "verbs": verbs,
        **({"resourceNames": names} if names is not None else {}),
    },
    st.lists(st.sampled_from([GATEWAY_GROUP, GATEWAY_GROUP, "*", ""]), min_size=1, max_size=2),
    st.lists(
        st.sampled_from(["referencegrants", "referencegrants", "*", "services", "*/status"]), min_size=1, max_size=2
    ),
    st.lists(st.sampled_from([*VERBS, "*", "get"]), min_size=1, max_size=3),
    st.none() | st.lists(st.sampled_from([*NAMES, ""]), max_size=2),
)
places = st.sampled_from(["", *NAMESPACES])


@st.composite
def clusters(draw: st.DrawFn) -> list[JSON]:
    """Few roles under few names in few places, so that bindings hit and miss them alike."""
    objects: dict[tuple[str, str, str], JSON] = {}
    for _ in range(draw(st.integers(1, 4))):
        made = role(draw(st.sampled_from("xyz")), *draw(st.lists(rules, max_size=2)), namespace=draw(places))
        if made["kind"] == "ClusterRole":
            made = labelled(made, **draw(st.dictionaries(st.sampled_from("pq"), st.just("yes"), max_size=2)))
            wanted = draw(st.lists(st.sampled_from("pq"), max_size=1))
            if wanted:
                selectors = [{"matchLabels": {label: "yes"}} for label in wanted]
                made = {**made, "aggregationRule": {"clusterRoleSelectors": selectors}}
        objects[made["kind"], made["metadata"].get("namespace", ""), made["metadata"]["name"]] = made
    for number in range(draw(st.integers(1, 4))):
        namespace = draw(places)
        kind = draw(st.sampled_from(["Role", "ClusterRole"] if namespace else ["ClusterRole"]))
        to = f"{kind}/{draw(st.sampled_from('xyz'))}"
        who = draw(st.lists(subjects, min_size=1, max_size=2))
        made = binding(f"b{number}", to, *who, namespace=namespace)
        objects[made["kind"], namespace, f"b{number}"] = made
    return list(objects.values())


def copied(objects: list[JSON]) -> list[JSON]:
    """The objects after the aggregation controller has run until nothing changes."""
    found = [dict(obj) for obj in objects]
    changed = True
    while changed:
        changed = False
        for obj in found:
            for selector in obj.get("aggregationRule", {}).get("clusterRoleSelectors", ()):
                for other in found:
                    labels = other["metadata"].get("labels", {}) if other["kind"] == "ClusterRole" else {}
                    if not labels.items() >= selector["matchLabels"].items():
                        continue
                    missing = [each for each in other["rules"] if each not in obj["rules"]]
                    obj["rules"] = [*obj["rules"], *missing]
                    changed = changed or bool(missing)
    return [*found]


def allowed(objects: list[JSON], who: tuple[str, tuple[str, ...]], verb: str, namespace: str, name: str) -> bool:
    roles = {(obj["kind"], obj["metadata"].get("namespace"), obj["metadata"]["name"]): obj for obj in objects}
    for obj in objects:
        place = obj["metadata"].get("namespace")
        if not obj["kind"].endswith("Binding") or place not in (None, namespace):
            continue
        if not any(applies(each, who, place) for each in obj["subjects"]):
            continue
        kind = obj["roleRef"]["kind"]
        bound = roles.get((kind, place if kind == "Role" else None, obj["roleRef"]["name"]), {"rules": []})
        for each in bound["rules"]:
            wanted = (("verbs", verb), ("apiGroups", GATEWAY_GROUP), ("resources", "referencegrants"))
            if all({"*", value} & set(each[field]) for field, value in wanted) and (
                not each.get("resourceNames") or name in each["resourceNames"]
            ):
                return True
    return False


def applies(subject: JSON, who: tuple[str, tuple[str, ...]], place: str | None) -> bool:
    name, groups = who
    if subject["kind"] == "Group":
        return subject["name"] in groups
    if subject["kind"] == "ServiceAccount":
        own = subject.get("namespace") or place
        return own is not None and name == f"system:serviceaccount:{own}:{subject['name']}"
    return bool(subject["name"] == name)


def told(found: WhoCan, who: tuple[str, tuple[str, ...]], verb: str, namespace: str, name: str) -> bool:
    """What the list says of a request; an empty name stands for a POST."""
    user_name, groups = who
    names = {("Group", each) for each in groups}
    if user_name.startswith("system:serviceaccount:"):
        names.add(("ServiceAccount", user_name.removeprefix("system:serviceaccount:").replace(":", "/")))
    else:
        names.add(("User", user_name))
    return any(
        (writer.subject.kind, str(writer.subject)) in names
        and writer.namespace in ("", namespace)
        and any(each.verb == verb and (not each.names or name in each.names) for each in writer.permissions)
        for writer in found.writers
    )


def requests() -> list[tuple[tuple[str, tuple[str, ...]], str, str, str]]:
    """Every request by every requester that the API server may get: an object is created without a name, by POST, or
    with one, by server-side apply; everything else has a name, one that no rule knows among them."""
    return [
        (who, verb, namespace, name)
        for who in REQUESTERS
        for verb in VERBS
        for namespace in NAMESPACES
        for name in (*NAMES, "other", *([""] if verb == "create" else []))
    ]


def check(found: WhoCan, objects: list[JSON]) -> None:
    for request in requests():
        who, verb, namespace, name = request
        answer = allowed(objects, who, verb, namespace, name)
        if verb == "create" and name and not answer:
            # Whoever may post any object is listed as such, though the same by server-side apply may be refused.
            answer = allowed(objects, who, verb, namespace, "")
        assert told(found, who, verb, namespace, name) == answer, request


@PROPERTY
@given(clusters())
def test_manifests_permit_what_the_authorizer_would_once_rules_are_copied(objects: list[JSON]) -> None:
    check(find_writers(Manifests(objects, "default"), VERBS, None), copied(objects))


@PROPERTY
@given(clusters())
def test_a_cluster_permits_what_its_roles_hold_now(objects: list[JSON]) -> None:
    check(find_writers(Stored(objects), VERBS, None), objects)


@PROPERTY
@given(clusters(), st.sampled_from(NAMESPACES))
def test_the_answer_for_one_namespace_is_that_part_of_the_answer_for_all(objects: list[JSON], namespace: str) -> None:
    everywhere = find_writers(Manifests(objects, "default"), VERBS, None)
    here = find_writers(Manifests(objects, "default"), VERBS, namespace)

    assert here.writers == tuple(each for each in everywhere.writers if each.namespace in ("", namespace))


@PROPERTY
@given(clusters(), st.sets(st.sampled_from(VERBS), min_size=1))
def test_the_answer_for_some_verbs_is_that_part_of_the_answer_for_all(objects: list[JSON], verbs: set[str]) -> None:
    some = find_writers(Stored(objects), tuple(verb for verb in VERBS if verb in verbs), None)
    every = find_writers(Stored(objects), VERBS, None)

    def rows(found: WhoCan) -> set[tuple[Subject, ObjectKey, Permission]]:
        return {(each.subject, each.binding, permission) for each in found.writers for permission in each.permissions}

    assert rows(some) == {row for row in rows(every) if row[2].verb in verbs}
