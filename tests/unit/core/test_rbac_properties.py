"""The list of writers, compared with a second evaluator that decides one request at a time like the API server, with
rules that a controller has aggregated."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON, ObjectKey
from kubectl_refs.core.rbac.authorizer import PermittedVerb, Subject
from kubectl_refs.core.rbac.grant_writers import VERBS, WhoCan, find_writers
from kubectl_refs.manifests.source import Manifests
from tests.support.builders import PROPERTY
from tests.support.rbac import Stored, account, binding, group, labelled, role, user

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
NO_GRANTS = ("services", "*/status", "referencegrants/status", "*/*", "ReferenceGrants", "referencegrant")
"""Resources other than the grants themselves, some of them spelt like grants."""
rules = st.builds(
    lambda groups, resources, verbs, names: {
        "apiGroups": groups,
        "resources": resources,
        "verbs": verbs,
        **({"resourceNames": names} if names is not None else {}),
    },
    st.lists(st.sampled_from([GATEWAY_GROUP, GATEWAY_GROUP, "*", "", "gateway.networking.*"]), min_size=1, max_size=2),
    st.lists(st.sampled_from(["referencegrants", "referencegrants", "*", *NO_GRANTS]), min_size=1, max_size=2),
    st.lists(st.sampled_from([*VERBS, "deletecollection", "*", "get", "Create"]), min_size=1, max_size=3),
    st.none() | st.lists(st.sampled_from([*NAMES, ""]), max_size=2),
)
places = st.sampled_from(["", *NAMESPACES])


@st.composite
def clusters(draw: st.DrawFn) -> list[JSON]:
    """A few roles with few names in few places, so that bindings both hit and miss them."""
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
    """What the list says about a request; an empty name stands for a POST."""
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
    """Every possible request to the API server by every requester. Creation has no name in a POST, or has one in a
    server-side apply; all other verbs have a name, including one that no rule mentions."""
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
            # Whoever may POST any object is listed as allowed to create, though a server-side apply may be refused.
            answer = allowed(objects, who, verb, namespace, "")
        assert told(found, who, verb, namespace, name) == answer, request
    for who in REQUESTERS:
        for namespace in NAMESPACES:
            # It is listed for those who may not delete by any name.
            answer = allowed(objects, who, "deletecollection", namespace, "")
            all_at_once = told(found, who, "deletecollection", namespace, "")
            assert answer or not all_at_once
            assert all_at_once or told(found, who, "delete", namespace, "") or not answer


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

    def rows(found: WhoCan) -> set[tuple[Subject, ObjectKey, PermittedVerb]]:
        return {(each.subject, each.binding, permission) for each in found.writers for permission in each.permissions}

    assert rows(some) == {row for row in rows(every) if row[2].verb in verbs}
