"""The examples are what their README says: whole clusters, broken in exactly one way or not at all."""

from __future__ import annotations

import pytest

from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.kinds import HTTP_ROUTE, NAMESPACE
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.queries.why import investigate
from kubectl_refs.core.view.reads import List
from kubectl_refs.manifests.source import Manifests, load
from tests.support.running import EXAMPLE_MANIFESTS, EXAMPLES

REFUSED = {
    "shared-services/working.yaml": {},
    "shared-services/grant-missing.yaml": {
        "frontend/frontend-routes spec.rules[0].backendRefs[0]": "RefNotPermitted",
        "api-backend/api-routes spec.rules[0].backendRefs[0]": "RefNotPermitted",
    },
    "shared-services/grant-in-wrong-namespace.yaml": {
        "frontend/frontend-routes spec.rules[0].backendRefs[0]": "RefNotPermitted",
        "api-backend/api-routes spec.rules[0].backendRefs[0]": "RefNotPermitted",
    },
    "shared-services/from-does-not-match.yaml": {
        "frontend/frontend-routes spec.rules[0].backendRefs[0]": "RefNotPermitted",
    },
    "shared-services/to-kind-does-not-match.yaml": {
        "frontend/frontend-routes spec.rules[0].backendRefs[0]": "RefNotPermitted",
        "api-backend/api-routes spec.rules[0].backendRefs[0]": "RefNotPermitted",
    },
    "shared-services/to-name-does-not-match.yaml": {
        "frontend/frontend-routes spec.rules[0].backendRefs[0]": "RefNotPermitted",
        "api-backend/api-routes spec.rules[0].backendRefs[0]": "RefNotPermitted",
    },
    "central-gateway/working.yaml": {},
    "central-gateway/broken.yaml": {
        "tenant-a/tenant-a-routes spec.parentRefs[0]": "NotAllowedByListeners",
        "tenant-b/tenant-b-routes spec.parentRefs[0]": "NotAllowedByListeners",
    },
    "tenant-isolation/working.yaml": {},
    "tenant-isolation/namespace-without-label.yaml": {
        "tenant-b/tenant-b-routes spec.parentRefs[0]": "NotAllowedByListeners",
    },
    "tenant-isolation/listener-of-other-tenant.yaml": {
        "tenant-b/tenant-b-routes spec.parentRefs[0]": "NotAllowedByListeners",
    },
}
"""The refused references in each file, with their reasons; all others are allowed."""


def example(name: str) -> Manifests:
    return load([str(EXAMPLES / name)], recursive=False, default_namespace="default", stdin=None, whole=True)


@pytest.mark.parametrize("name", REFUSED)
def test_an_example_holds_every_namespace_it_uses(name: str) -> None:
    manifests = example(name)
    read = List(NAMESPACE, None)
    assert not manifests.read([read])[read].partial


@pytest.mark.parametrize("name", REFUSED)
def test_an_example_is_broken_where_it_says_and_nowhere_else(name: str) -> None:
    manifests = example(name)
    routes = [each for each in manifests.objects if key_of(each).group_kind == HTTP_ROUTE]
    report = investigate(manifests, routes)
    refused = {
        f"{each.reference.referrer.path} {each.reference.path}": each.reason
        for each in report.references
        if each.verdict is Verdict.REFUSED
    }
    assert refused == REFUSED[name]
    assert {each.verdict for each in report.references} <= {Verdict.ALLOWED, Verdict.REFUSED}


def test_the_readme_has_a_command_for_every_example_and_for_no_other_file() -> None:
    written = (EXAMPLES / "README.md").read_text()
    commands = {word.strip("`") for word in written.split() if word.startswith("examples/")}
    files = {f"{file.parent.name}/{file.name}" for file in EXAMPLE_MANIFESTS}
    assert commands == {f"examples/{name}" for name in files}
    assert files == set(REFUSED)
