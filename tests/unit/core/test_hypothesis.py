"""A supposed reference is judged like a real one: `can-i` says what `why` says, and its proposals work."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from kubectl_refs.core.model.fixes import Fix
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON, ObjectKey
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.queries.can_i import evaluate_supposed
from kubectl_refs.core.queries.why import analyse
from kubectl_refs.core.view.inquiry import inquire
from tests.support.builders import PROPERTY, from_entry, grant, manifests, namespaces, route_to, service, to_entry
from tests.support.surveying import Cluster, applied

API = ObjectKey("", "Service", "backend", "api")


def supposed(objects: list[JSON], referrer: ObjectKey, target: ObjectKey = API) -> EvaluatedReference:
    source = Cluster(objects)
    report = inquire(source, lambda view: evaluate_supposed(view, referrer, target))
    (evaluated,) = report.references
    return evaluated


def evaluated(objects: list[JSON], obj: JSON) -> EvaluatedReference:
    source = Cluster([*objects, obj])
    report = inquire(source, lambda view: analyse(view, [obj]))
    (found,) = report.references
    return found


REFERRERS = st.builds(
    lambda kind, namespace: ObjectKey(GATEWAY_GROUP, kind, namespace, "web"),
    st.sampled_from(("HTTPRoute", "HTTPRoute", "GRPCRoute")),
    st.sampled_from(("frontend", "frontend", "other", "backend")),
)
TARGETS = st.builds(lambda name: ObjectKey("", "Service", "backend", name), st.sampled_from(("api", "web", "apii")))


@PROPERTY
@given(manifests(), REFERRERS, TARGETS)
def test_it_says_what_is_said_of_a_real_object(grants: list[JSON], referrer: ObjectKey, target: ObjectKey) -> None:
    around = [*namespaces("frontend", "backend", "other"), service(name=target.name), *grants]
    real = route_to((target.namespace, target.name), kind=referrer.kind, namespace=referrer.namespace)

    guess, fact = supposed(around, referrer, target), evaluated(around, real)

    assert (guess.verdict, guess.reason, guess.code, guess.mechanism) == (
        fact.verdict,
        fact.reason,
        fact.code,
        fact.mechanism,
    )
    assert (guess.grants, guess.near_misses) == (fact.grants, fact.near_misses)
    assert [(fix.action, fix.object, fix.manifest, fix.patch) for fix in guess.fixes] == [
        (fix.action, fix.object, fix.manifest, fix.patch) for fix in fact.fixes
    ]


@PROPERTY
@given(manifests(), REFERRERS, TARGETS)
def test_every_change_that_it_proposes_works(grants: list[JSON], referrer: ObjectKey, target: ObjectKey) -> None:
    around = [*namespaces("frontend", "backend", "other"), service(name=target.name), *grants]
    for steps in alternatives(supposed(around, referrer, target).fixes):
        assert supposed(applied(around, steps), referrer, target).verdict is Verdict.ALLOWED


def alternatives(fixes: Sequence[Fix]) -> list[list[Fix]]:
    """The fixes, each in a list with the steps that belong to it."""
    found: list[list[Fix]] = []
    for fix in fixes:
        if fix.follows:
            found[-1].append(fix)
        else:
            found.append([fix])
    return found


def test_the_target_need_not_exist() -> None:
    objects = [*namespaces("frontend", "backend"), grant([from_entry()], [to_entry(name="api")])]
    assert supposed(objects, ObjectKey(GATEWAY_GROUP, "HTTPRoute", "frontend", "any")).verdict is Verdict.ALLOWED


def test_a_route_reaches_a_gateway_by_allowed_routes_and_a_grant_changes_nothing() -> None:
    gateway = {
        "apiVersion": f"{GATEWAY_GROUP}/v1",
        "kind": "Gateway",
        "metadata": {"name": "public", "namespace": "backend"},
        "spec": {"listeners": [{"name": "http", "port": 80, "protocol": "HTTP"}]},
    }
    target = ObjectKey(GATEWAY_GROUP, "Gateway", "backend", "public")
    inert = grant([from_entry()], [to_entry(GATEWAY_GROUP, "Gateway")])
    objects: list[JSON] = [*namespaces("frontend", "backend"), gateway, inert]

    refused = supposed(objects, ObjectKey(GATEWAY_GROUP, "HTTPRoute", "frontend", "any"), target)

    assert (refused.verdict, refused.reason) == (Verdict.REFUSED, "NotAllowedByListeners")
    assert [fix.object for fix in refused.fixes] == [target]
    assert refused.effect == ""
