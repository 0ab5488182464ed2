"""fix applies exactly what it showed, under its own name and with the caller's rights."""

from __future__ import annotations

import pytest
import yaml

from kubectl_refs.core.model.objects import JSON
from tests.support.cluster.access import allow_in_namespace
from tests.support.cluster.case import OWNER_RULES, Case, managers
from tests.support.cluster.fresh import Fresh
from tests.support.cluster.objects import (
    backend,
    from_routes,
    gateway,
    grant,
    labelled,
    listener,
    path_of,
    route,
    service,
    to_backends,
    to_services,
)


def test_a_new_grant_is_created_under_our_name(any_case: Case) -> None:
    done = any_case.fix("--apply", "--yes")
    again = any_case.fix("--apply", "--yes")

    assert (done.status, done.stdout) == (0, "")
    assert f"created ReferenceGrant {any_case.shared}/httproute-{any_case.frontend}-to-auth\n" in done.stderr
    assert any_case.specs() == [any_case.minimal]
    assert [managers(each) for each in any_case.grants()] == [{("kubectl-refs", "Update")}]
    assert any_case.verdicts() == {"allowed"}
    assert (again.status, again.stderr) == (0, "nothing to fix\n")


def test_a_near_miss_is_repaired_in_place(any_case: Case) -> None:
    any_case.server.apply(any_case.typo)
    done = any_case.fix("--apply", "--yes")
    (stored,) = any_case.grants()

    assert done.status == 0
    assert f"+    namespace: {any_case.frontend}\n" in done.stderr
    assert any_case.specs() == [{**any_case.minimal, "name": "from-frontend"}]
    assert ("kubectl-refs", "Update") in managers(stored)
    assert any_case.verdicts() == {"allowed"}


def test_entries_are_added_to_an_existing_grant(any_case: Case) -> None:
    any_case.server.apply(grant(any_case.shared, [from_routes("elsewhere")], [to_services(name="billing")]))
    done = any_case.fix("--into", "from-frontend", "--apply", "--yes")

    assert done.status == 0
    assert f'it also permits HTTPRoutes in {any_case.frontend} to reference Service "billing"' in done.stderr
    assert any_case.specs() == [
        {
            "name": "from-frontend",
            "from": [from_routes("elsewhere"), from_routes(any_case.frontend)],
            "to": [to_services(name="billing"), to_services(name="auth")],
        }
    ]
    assert any_case.verdicts() == {"allowed"}


def test_a_broad_grant_with_a_name_of_its_own(any_case: Case) -> None:
    done = any_case.fix("--broad", "--name", "everything", "--apply", "--yes")

    assert done.status == 0
    assert any_case.specs() == [{**any_case.minimal, "name": "everything", "to": [to_services()]}]
    assert any_case.verdicts() == {"allowed"}


def parent(case: Case, fresh: Fresh, namespaces: JSON | None = None) -> str:
    """Create a Gateway elsewhere that does not admit the route, which also needs a grant; return its namespace."""
    infra = fresh(case.server, "infra")
    case.server.apply(
        gateway(infra, listener(namespaces=namespaces)),
        route(case.frontend, to_backends(backend(case.shared)), parentRefs=[{"name": "public", "namespace": infra}]),
    )
    return infra


def test_a_gateway_is_patched_beside_the_grant_where_that_is_agreed_to(case: Case, fresh: Fresh) -> None:
    infra = parent(case, fresh)
    rehearsed = case.fix("--dry-run=server")
    grants_only = case.fix("--apply", "--yes")
    done = case.fix("--apply", "--yes=all")
    stored = case.server.read(path_of(gateway(infra)))

    assert rehearsed.stderr.endswith(f"changed Gateway {infra}/public (server dry run)\n")
    assert grants_only.status == 1
    assert f"not applied: Gateway {infra}/public: --yes is for grants" in grants_only.stderr
    assert case.specs() == [case.minimal]
    assert (done.status, done.stdout) == (0, "")
    assert f"\nchanged Gateway {infra}/public\n" in done.stderr
    assert ("kubectl-refs", "Update") in managers(stored)
    assert case.verdicts() == {"allowed"}
    assert case.fix().stderr == "nothing to fix\n"


def test_a_namespace_is_labelled_as_a_listener_asks(case: Case, fresh: Fresh) -> None:
    labels = {"example.com/may-attach": "yes"}
    parent(case, fresh, labelled(**labels))
    done = case.fix("--apply", "--yes=all")
    labelled_namespace = case.server.read(f"/api/v1/namespaces/{case.frontend}")

    assert done.status == 0
    assert f"changed Namespace {case.frontend}\n" in done.stderr
    assert labelled_namespace["metadata"]["labels"]["example.com/may-attach"] == "yes"
    assert case.verdicts() == {"allowed"}


def test_fields_of_a_route_are_written_in_one_patch(case: Case, fresh: Fresh) -> None:
    """Two slips in one route: the section of its parent, and the name of its backend."""
    case.server.apply(
        gateway(case.frontend, listener(name="web")),
        service(case.frontend, "local"),
        route(
            case.frontend,
            to_backends(backend(case.frontend, "locall")),
            parentRefs=[{"name": "public", "sectionName": "webb"}],
        ),
    )
    done = case.fix("--apply", "--yes=all")

    assert done.status == 0
    assert done.stderr.count(f"changed HTTPRoute {case.frontend}/web\n") == 1
    assert case.verdicts() == {"allowed"}


@pytest.mark.parametrize("repaired", [False, True], ids=["new", "repaired"])
def test_one_run_is_enough_for_a_slip_if_it_makes_the_grant_for_another_reference(case: Case, repaired: bool) -> None:
    misspelt = case.shared.replace("shared", "shraed")
    case.server.apply(
        gateway(case.frontend, listener()),
        route(
            case.frontend,
            to_backends(backend(case.shared)),
            to_backends(backend(misspelt)),
            parentRefs=[{"name": "public"}],
        ),
        *([case.typo] if repaired else []),
    )
    done = case.fix("--apply", "--yes=all")

    assert "run fix again" not in done.stderr
    assert done.status == 0
    assert len(case.specs()) == 1
    assert case.verdicts() == {"allowed"}
    assert case.fix().stderr == "nothing to fix\n"


# The caller's rights.


def test_the_owner_of_the_targets_namespace_applies_what_is_refused(case: Case) -> None:
    allow_in_namespace(case.server, "grant-owner", case.shared, OWNER_RULES)
    blind = case.fix("--apply", "--yes", user="grant-owner")
    allow_in_namespace(case.server, "grant-owner", case.frontend)
    done = case.fix("--apply", "--yes", user="grant-owner")

    assert blind.status == 2
    assert blind.stderr.startswith("Error from server (Forbidden): httproutes.gateway.networking.k8s.io")
    assert done.status == 0
    assert case.specs() == [case.minimal]


def test_a_developer_with_rights_in_their_own_namespace_gets_the_block_for_the_owner(case: Case) -> None:
    allow_in_namespace(case.server, "app-dev", case.frontend)
    printed = case.fix(user="app-dev")
    with case.server.requests("app-dev") as requests:
        applied = case.fix("--apply", "--yes", user="app-dev")
    refused = case.specs()
    case.server.kubectl("apply", "-f", "-", input=applied.stdout)

    assert printed.status == 3
    assert "it may be permitted already" in printed.stderr
    assert applied.status == 3
    assert f"the grants of {case.shared} could not be read" in applied.stderr
    assert not [request for request in requests if request.startswith(("patch ", "update ", "delete "))]
    assert refused == []
    assert applied.stdout.startswith(f"# Needed in namespace {case.shared}, if nothing there permits it yet: a new")
    assert case.specs() == [case.minimal]


def test_an_auditor_who_reads_both_namespaces_writes_nothing_and_gets_the_block(case: Case) -> None:
    for namespace in (case.frontend, case.shared):
        allow_in_namespace(case.server, "auditor", namespace)
    with case.server.requests("auditor") as requests:
        applied = case.fix("--apply", "--yes", user="auditor")

    assert applied.status == 1
    assert f"forbidden: you cannot create referencegrants in namespace {case.shared}" in applied.stderr
    assert "there is no ReferenceGrant in" in applied.stdout
    assert not [request for request in requests if request.startswith(("patch ", "update ", "delete "))]
    assert case.specs() == []


def test_one_namespace_may_be_written_and_the_other_not(case: Case, fresh: Fresh) -> None:
    other = fresh(case.server, "other")
    case.server.apply(service(other), route(case.frontend, to_backends(backend(case.shared), backend(other))))
    for namespace, rules in ((case.shared, OWNER_RULES), (case.frontend, None), (other, None)):
        allow_in_namespace(case.server, "grant-owner", namespace, *([rules] if rules else []))
    done = case.fix("--apply", "--yes", user="grant-owner")
    (for_owner,) = yaml.safe_load_all(done.stdout)

    assert done.status == 1
    assert for_owner["metadata"]["namespace"] == other
    assert case.specs() == [case.minimal]
    assert f"forbidden: you cannot create referencegrants in namespace {other}" in done.stderr
