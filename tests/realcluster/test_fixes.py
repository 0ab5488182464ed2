"""The new grant that `why` prints, pasted into a shell on a real cluster, permits what is wanted and no more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from tests.support.cluster.api_server import ADMINISTRATOR
from tests.support.cluster.asking import Program, Terminal
from tests.support.cluster.fresh import Fresh
from tests.support.cluster.objects import (
    backend,
    from_routes,
    grant,
    mirror,
    route,
    service,
    to_backends,
    to_services,
)

KINDS: dict[str, JSON] = {
    "HTTPRoute": {},
    "GRPCRoute": {},
    "TLSRoute": {"hostnames": ["example.com"]},
    "TCPRoute": {},
    "UDPRoute": {},
}
"""The kinds of routes, and what their specs must contain."""


def test_a_new_grant_permits_the_reference_and_nothing_beside_it(terminal: Terminal, fresh: Fresh) -> None:
    frontend, other, shared = (fresh(terminal.server, name) for name in ("frontend", "other", "shared"))
    terminal.server.apply(
        service(shared),
        service(shared, "billing"),
        route(frontend, to_backends(backend(shared))),
        route(frontend, to_backends(backend(shared, "billing")), name="same-namespace-other-service"),
        route(frontend, to_backends(backend(shared)), name="same-namespace-other-kind", kind="GRPCRoute"),
        route(other, to_backends(backend(shared)), name="other-namespace"),
    )

    asked = terminal.ask("httproute/web", "-n", frontend)
    (command,) = asked.commands
    terminal.paste(command)
    after = [
        terminal.ask_for_data(*question)
        for question in (
            ("httproute", "web", "same-namespace-other-service", "-n", frontend),
            ("grpcroute/same-namespace-other-kind", "-n", frontend),
            ("httproute/other-namespace", "-n", other),
        )
    ]

    assert asked.verdicts == {"spec.rules[0].backendRefs[0]": "refused"}
    assert f"there is no ReferenceGrant in namespace {shared}" in asked.text
    assert [list(each.verdicts.values()) for each in after] == [["allowed", "refused"], ["refused"], ["refused"]]


def test_routes_of_every_kind_get_a_grant_of_their_own_kind(terminal: Terminal, fresh: Fresh) -> None:
    frontend, shared = fresh(terminal.server, "frontend"), fresh(terminal.server, "shared")
    terminal.server.apply(
        service(shared),
        *(
            route(frontend, to_backends(backend(shared)), name=kind.lower(), kind=kind, **more)
            for kind, more in KINDS.items()
        ),
    )
    question = (*(f"{kind}/{kind}".lower() for kind in KINDS), "-n", frontend)

    commands = terminal.ask(*question).commands
    terminal.paste(*commands[:-1])
    between = terminal.ask_for_data(*question)
    terminal.paste(commands[-1])
    after = terminal.ask_for_data(*question)

    path = "spec.rules[0].backendRefs[0]"
    assert between.verdicts == {f"{kind.lower()} {path}": "allowed" for kind in KINDS} | {f"udproute {path}": "refused"}
    assert {name: reference["grants"][0]["name"] for name, reference in after.references.items()} == {
        f"{kind.lower()} {path}": f"{kind.lower()}-{frontend}-to-auth" for kind in KINDS
    }


Grants = Callable[[str, str, str], list[JSON]]
"""Makes grants that do not permit references from the first namespace into the second; the third is unrelated."""


def swapped(frontend: str, shared: str, third: str) -> list[JSON]:
    exchanged = from_routes(shared, group="", kind="Service"), to_services(group=GATEWAY_GROUP, kind="HTTPRoute")
    return [grant(shared, [exchanged[0]], [exchanged[1]])]


def split(frontend: str, shared: str, third: str) -> list[JSON]:
    return [
        grant(shared, [from_routes(frontend)], [to_services(name="billing")], "half"),
        grant(shared, [from_routes(third)], [to_services(name="auth")], "other-half"),
    ]


def in_the_routes_namespace(frontend: str, shared: str, third: str) -> list[JSON]:
    return [grant(frontend, [from_routes(frontend)], [to_services(name="auth")])]


def in_a_third_namespace(frontend: str, shared: str, third: str) -> list[JSON]:
    return [grant(third, [from_routes(frontend)], [to_services(name="auth")])]


@pytest.mark.parametrize(
    ("written", "hints"),
    [
        pytest.param(in_the_routes_namespace, {"metadata.namespace": "wrong-placement"}, id="in the route's namespace"),
        pytest.param(in_a_third_namespace, {"metadata.namespace": "wrong-placement"}, id="in a third namespace"),
        pytest.param(
            swapped,
            {
                f"spec.{field}": "swapped"
                for field in ("from[0].group", "from[0].kind", "from[0].namespace", "to[0].group", "to[0].kind")
            },
            id="from and to exchanged",
        ),
        pytest.param(
            split, {"spec.to[0].name": "other-name"}, id="halves in two grants that are each for something else"
        ),
    ],
)
def test_where_no_repair_is_to_be_had_the_new_grant_works(
    terminal: Terminal, fresh: Fresh, written: Grants, hints: dict[str, str]
) -> None:
    frontend, shared, third = (fresh(terminal.server, name) for name in ("frontend", "shared", "third"))
    terminal.server.apply(
        service(shared),
        service(shared, "billing"),
        route(frontend, to_backends(backend(shared))),
        *written(frontend, shared, third),
    )

    asked = terminal.ask("httproute/web", "-n", frontend)
    terminal.paste(*asked.commands)
    after = terminal.ask_for_data("httproute/web", "-n", frontend)

    assert asked.hints == hints
    assert next(fix["action"] for fix in asked.references["spec.rules[0].backendRefs[0]"]["fixes"]) == "create"
    assert after.verdicts == {"spec.rules[0].backendRefs[0]": "allowed"}


def test_several_references_into_two_namespaces_get_one_grant_for_each(terminal: Terminal, fresh: Fresh) -> None:
    frontend, shared, data = (fresh(terminal.server, name) for name in ("frontend", "shared", "data"))
    nested = backend(shared, "billing", filters=[mirror(backend(data, "copies"))])
    rules = [
        to_backends(backend(shared), nested, filters=(mirror(backend(shared, "copies")),)),
        to_backends(backend(data, "api", weight=0), backend(frontend, "local")),
    ]
    targets = [(shared, ("auth", "billing", "copies")), (data, ("api", "copies")), (frontend, ("local",))]
    terminal.server.apply(
        *(service(namespace, name) for namespace, names in targets for name in names), route(frontend, *rules)
    )

    asked = terminal.ask("httproute/web", "-n", frontend)
    terminal.paste(*asked.commands)
    after = terminal.ask_for_data("httproute/web", "-n", frontend)

    fixes = [fix for reference in asked.references.values() for fix in reference["fixes"]]
    permitted = {fix["manifest"]["metadata"]["namespace"]: fix["manifest"]["spec"]["to"] for fix in fixes}
    assert len(asked.commands) == 2
    assert {namespace: [entry["name"] for entry in to] for namespace, to in permitted.items()} == {
        shared: ["auth", "billing", "copies"],
        data: ["api", "copies"],
    }
    assert asked.text.count("the same as for ") == len(fixes) - 2 == 3
    assert set(after.verdicts.values()) == {"allowed"}


def test_more_targets_than_one_grant_may_hold_get_a_second(terminal: Terminal, fresh: Fresh) -> None:
    frontend, shared = fresh(terminal.server, "frontend"), fresh(terminal.server, "shared")
    names = [f"service-{number}" for number in range(17)]
    references = [backend(shared, name) for name in names]
    terminal.server.apply(
        *(service(shared, name) for name in names),
        route(frontend, to_backends(*references[:9]), to_backends(*references[9:])),
    )

    asked = terminal.ask("httproute/web", "-n", frontend)
    terminal.paste(*asked.commands)
    after = terminal.ask_for_data("httproute/web", "-n", frontend)

    assert len(asked.commands) == 2
    assert list(after.verdicts.values()) == ["allowed"] * 17


def test_a_name_that_is_taken_is_not_suggested(terminal: Terminal, fresh: Fresh) -> None:
    frontend, shared = fresh(terminal.server, "frontend"), fresh(terminal.server, "shared")
    name = f"httproute-{frontend}-to-auth"
    taken = grant(shared, [from_routes("elsewhere")], [to_services()], name)
    terminal.server.apply(service(shared), route(frontend, to_backends(backend(shared))), taken)

    asked = terminal.ask("httproute/web", "-n", frontend)
    terminal.paste(*asked.commands)
    after = terminal.ask_for_data("httproute/web", "-n", frontend)

    (permitting,) = after.references["spec.rules[0].backendRefs[0]"]["grants"]
    assert (permitting["namespace"], permitting["name"][:-8]) == (shared, f"{name}-")


def test_a_grant_made_meanwhile_under_the_suggested_name_is_not_overwritten(terminal: Terminal, fresh: Fresh) -> None:
    frontend, shared = fresh(terminal.server, "frontend"), fresh(terminal.server, "shared")
    terminal.server.apply(service(shared), route(frontend, to_backends(backend(shared))))
    (command,) = terminal.ask("httproute/web", "-n", frontend).commands
    terminal.server.apply(
        grant(shared, [from_routes("elsewhere")], [to_services(name="x")], f"httproute-{frontend}-to-auth")
    )

    done = terminal.run(command)
    after = terminal.ask_for_data("httproute/web", "-n", frontend)

    assert done.status == 1
    assert done.stderr.startswith("Error from server (AlreadyExists): ")
    assert after.verdicts == {"spec.rules[0].backendRefs[0]": "refused"}


def test_names_too_long_for_a_grants_name_still_give_a_grant_that_works(terminal: Terminal, fresh: Fresh) -> None:
    frontend, shared = fresh(terminal.server, "team-" + "f" * 40), fresh(terminal.server, "shared")
    name = "s" * 63
    terminal.server.apply(service(shared, name), route(frontend, to_backends(backend(shared, name))))

    terminal.paste(*terminal.ask("httproute/web", "-n", frontend).commands)
    after = terminal.ask_for_data("httproute/web", "-n", frontend)

    assert after.verdicts == {"spec.rules[0].backendRefs[0]": "allowed"}


def test_a_target_that_is_no_service_gets_a_grant_for_its_kind_and_group(terminal: Terminal, fresh: Fresh) -> None:
    frontend, shared = fresh(terminal.server, "frontend"), fresh(terminal.server, "shared")
    # A Service of the same name, from which the grant must tell the target apart.
    group = "gateway.networking.x-k8s.io"
    target = {
        "apiVersion": f"{group}/v1alpha1",
        "kind": "XBackend",
        "metadata": {"name": "auth", "namespace": shared},
        "spec": {"type": "ExternalHostname", "externalHostname": {"hostname": "example.com"}, "port": {"port": 443}},
    }
    reference = {"group": group, "kind": "XBackend", "name": "auth", "namespace": shared}
    terminal.server.apply(target, service(shared), route(frontend, to_backends(reference, backend(shared))))

    terminal.paste(*terminal.ask("httproute/web", "-n", frontend).commands)
    after = terminal.ask_for_data("httproute/web", "-n", frontend)

    assert set(after.verdicts.values()) == {"allowed"}


@pytest.mark.parametrize("misplaced", [False, True], ids=["no grant", "a grant in the wrong namespace"])
def test_a_cluster_that_serves_grants_as_v1beta1_alone_gets_them_so(
    old_terminal: Terminal, fresh: Fresh, misplaced: bool
) -> None:
    frontend, shared = fresh(old_terminal.server, "frontend"), fresh(old_terminal.server, "shared")
    written = [grant(frontend, [from_routes(frontend)], [to_services(name="auth")])] if misplaced else []
    old_terminal.server.apply(service(shared), route(frontend, to_backends(backend(shared))), *written)

    asked = old_terminal.ask("httproute/web", "-n", frontend)
    old_terminal.paste(*asked.commands)
    after = old_terminal.ask_for_data("httproute/web", "-n", frontend)

    fix, *_ = asked.references["spec.rules[0].backendRefs[0]"]["fixes"]
    assert fix["manifest"]["apiVersion"] == f"{GATEWAY_GROUP}/v1beta1"
    assert f"apiVersion: {GATEWAY_GROUP}/v1beta1\n" in asked.text
    assert after.verdicts == {"spec.rules[0].backendRefs[0]": "allowed"}


def test_commands_go_to_the_cluster_that_was_asked_whatever_the_shell_is_set_to(
    terminal: Terminal, fresh: Fresh, refs: Program, shell: Program, tmp_path: Path
) -> None:
    frontend, shared = fresh(terminal.server, "frontend"), fresh(terminal.server, "shared")
    terminal.server.apply(service(shared), route(frontend, to_backends(backend(shared))))
    kubeconfig = tmp_path / "the administrator's $config"
    written = terminal.server.kubeconfig().read_text()
    kubeconfig.write_text(written.replace('"current-context": "administrator"', '"current-context": "none"'))
    nowhere = tmp_path / "empty"
    nowhere.touch()
    flags = ("--kubeconfig", str(kubeconfig), "--context", ADMINISTRATOR)

    asked = refs(nowhere, "why", "httproute/web", "-n", frontend, *flags)
    begin = asked.stdout.index("kubectl create ")
    done = shell(nowhere, asked.stdout[begin:].partition("\n\n")[0])
    after = terminal.ask_for_data("httproute/web", "-n", frontend)

    assert asked.status == 1
    assert (done.status, done.stderr) == (0, "")
    assert after.verdicts == {"spec.rules[0].backendRefs[0]": "allowed"}


def test_grants_suggested_for_two_routes_that_share_a_target_can_both_be_created(
    terminal: Terminal, fresh: Fresh
) -> None:
    """Ask about both before pasting either command: `kubectl create` refuses a name that is taken."""
    frontend, shared = fresh(terminal.server, "frontend"), fresh(terminal.server, "shared")
    pairs = {"one": ("auth", "billing"), "two": ("auth", "mail")}
    terminal.server.apply(
        *(service(shared, name) for name in ("auth", "billing", "mail")),
        *(
            route(frontend, to_backends(*(backend(shared, target) for target in targets)), name=name)
            for name, targets in pairs.items()
        ),
    )

    commands = [command for name in pairs for command in terminal.ask(f"httproute/{name}", "-n", frontend).commands]
    terminal.paste(*commands)

    assert len(commands) == 2
    after = terminal.ask_for_data("httproute", *pairs, "-n", frontend)
    assert set(after.verdicts.values()) == {"allowed"}
