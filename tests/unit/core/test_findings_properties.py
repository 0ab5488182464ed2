"""Random grants and routes: usage follows the rule, and a finding's change resolves it without taking from anybody."""

from __future__ import annotations

import re
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from kubectl_refs.core.grants.grant import permitting
from kubectl_refs.core.model.findings import Finding
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.model.values import key_of
from tests.support.builders import FROM_ENTRIES, PROPERTY, TO_ENTRIES, grant, namespaces, parsed, route_to, service
from tests.support.surveying import applied, report_on

TARGETS = st.tuples(st.sampled_from(("backend", "frontend", "other")), st.sampled_from(("api", "web", "ap1")))
ROUTES = st.builds(
    lambda targets, namespace, name, kind: route_to(*targets, namespace=namespace, name=name, kind=kind),
    st.lists(TARGETS, max_size=3),
    st.sampled_from(("frontend", "other", "backend")),
    st.sampled_from(("web", "app")),
    st.sampled_from(("HTTPRoute", "HTTPRoute", "GRPCRoute")),
)
GRANTS = st.lists(
    st.builds(
        grant,
        st.lists(FROM_ENTRIES, min_size=1, max_size=3),
        st.lists(TO_ENTRIES, min_size=1, max_size=3),
        st.sampled_from(("backend", "backend", "other")),
        st.sampled_from(("g1", "g2", "g3")),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda obj: (obj["metadata"]["namespace"], obj["metadata"]["name"]),
)


def users(objects: list[JSON]) -> set[Reference]:
    """Every reference that some grant permits by the rule itself."""
    grants = parsed(*(obj for obj in objects if obj["kind"] == "ReferenceGrant"))
    return {
        reference
        for each in report_on(*objects).grants
        for reference in each.usage.users
        if permitting(reference, grants)
    }


def like(finding: Finding, findings: Iterable[Finding]) -> int:
    """How many findings of the object say the same of any entry: removing an entry renumbers those after it."""
    return sum(_said(other) == _said(finding) for other in findings if other.object == finding.object)


def _said(finding: Finding) -> tuple[str, str]:
    return finding.code, re.sub(r"\[\d+]", "[]", finding.message)


@PROPERTY
@given(GRANTS, st.lists(ROUTES, max_size=4, unique_by=key_of))
def test_a_change_removes_its_finding_and_takes_nothing_from_a_known_user(
    grants: list[JSON], routes: list[JSON]
) -> None:
    objects = [*namespaces("frontend", "backend", "other"), service(), *grants, *routes]
    before = users(objects)
    for each in report_on(*objects).grants:
        for finding in each.findings:
            if not finding.fixes or finding.fixes[0].action == "edit":
                continue
            after = applied(objects, finding.fixes)
            assert before <= users(after)
            left = (other for found in report_on(*after).grants for other in found.findings)
            assert like(finding, left) < like(finding, each.findings)


@PROPERTY
@given(GRANTS, st.lists(ROUTES, max_size=4, unique_by=key_of))
def test_usage_is_what_the_matching_rule_permits(grants: list[JSON], routes: list[JSON]) -> None:
    every = parsed(*grants)
    references = [
        Reference(
            key_of(obj),
            f"spec.rules[{index}].backendRefs[0]",
            ObjectKey("", "Service", ref["namespace"], ref["name"]),
            80,
        )
        for obj in routes
        for index, ref in enumerate(rule["backendRefs"][0] for rule in obj["spec"]["rules"])
        if ref["namespace"] != obj["metadata"]["namespace"]
    ]
    for each in report_on(*grants, *routes).grants:
        name = each.usage.grant.grant
        expected = {
            reference for reference in references if name in {match.grant for match in permitting(reference, every)}
        }
        assert set(each.usage.users) == expected
        only = {
            reference for reference in expected if len({match.grant for match in permitting(reference, every)}) == 1
        }
        assert set(each.usage.sole) == only
