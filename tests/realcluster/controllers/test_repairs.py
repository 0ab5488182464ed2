"""Break, ask why, paste the repair: then the controller resolves the reference, and the program agrees."""

from __future__ import annotations

from dataclasses import dataclass

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from tests.support.cluster.asking import Shown, Terminal
from tests.support.cluster.fresh import Fresh
from tests.support.cluster.objects import (
    backend,
    endpoints,
    from_routes,
    grant,
    mirror,
    route,
    service,
    to_backends,
    to_services,
)
from tests.support.controllers.controller import Controller
from tests.support.controllers.scene import (
    NOT_PERMITTED,
    OPEN_LISTENERS,
    RESOLVED,
    Expectation,
    conditions,
    gateway,
    https,
    listener_set,
    parent,
    tls_secret,
    wait_for,
)


@dataclass(frozen=True, slots=True)
class Broken:
    """An object with one reference into another namespace, which is not permitted because of a slip in a grant."""

    object: JSON
    path: str

    @property
    def name(self) -> str:
        return str(self.object["metadata"]["name"])

    @property
    def question(self) -> str:
        return f"{self.object['kind'].lower()}/{self.name}"


def test_what_the_program_repairs_the_controller_resolves_for_every_kind_of_reference(
    controller: Controller, terminal: Terminal, fresh: Fresh
) -> None:
    server = controller.server
    infra, frontend, shared = (fresh(server, name) for name in ("infra", "frontend", "shared"))
    typo = frontend.replace("frontend", "fronted")
    targets = [service(shared), service(frontend, "own")]
    parents = [parent(infra)]
    certificate = {"name": "site", "namespace": shared}
    own = to_backends(backend(None, "own"), filters=(mirror(backend(shared)),))
    across = to_backends(backend(shared))
    broken = [
        Broken(route(frontend, across, name="web", parentRefs=parents), "spec.rules[0].backendRefs[0]"),
        Broken(
            route(frontend, own, name="copy", parentRefs=parents),
            "spec.rules[0].filters[0].requestMirror.backendRef",
        ),
        *(
            Broken(route(frontend, across, name=kind.lower(), kind=kind, parentRefs=parents, **more), path)
            for path in ["spec.rules[0].backendRefs[0]"]
            for kind, more in (("GRPCRoute", {}), ("TLSRoute", {"hostnames": ["a.example.com"]}), ("TCPRoute", {}))
        ),
        Broken(
            gateway(controller, frontend, https("https", 443, certificate), name="secure"),
            "spec.listeners[0].tls.certificateRefs[0]",
        ),
        Broken(
            listener_set(frontend, "extra", parent(infra), https("https", 10443, certificate)),
            "spec.listeners[0].tls.certificateRefs[0]",
        ),
    ]
    grants = [
        grant(
            shared,
            [from_routes(typo, kind=each.object["kind"])],
            [to_services(kind="Secret", name="site") if "certificate" in each.path else to_services(name="auth")],
            name=f"for-{each.name}",
        )
        for each in broken
    ]
    # The two HTTPRoutes need the same grant.
    del grants[1]
    server.apply(gateway(controller, infra, *OPEN_LISTENERS), *targets, *map(endpoints, targets))
    server.apply(tls_secret(server, shared, "site"), *grants, *(each.object for each in broken))
    question = (*(each.question for each in broken), "-n", frontend)

    wait_for(controller, *(Expectation(each.object, NOT_PERMITTED) for each in broken))
    asked = terminal.ask(*question)
    repairs = {asked.references[f"{each.name} {each.path}"]["fixes"][0]["command"]: None for each in broken}
    terminal.paste(*repairs)
    wait_for(controller, *(Expectation(each.object, RESOLVED) for each in broken))
    after = terminal.ask(*question)

    for each in broken:
        reference = asked.references[f"{each.name} {each.path}"]
        (difference,) = reference["nearMisses"][0]["differences"]
        assert (reference["verdict"], reference["reason"]) == ("refused", "RefNotPermitted")
        assert (difference["path"], difference["found"], difference["hint"]) == ("spec.from[0].namespace", typo, "typo")
    assert _resolved(asked) == {each.name: (NOT_PERMITTED, NOT_PERMITTED, "agrees") for each in broken}
    assert set(after.verdicts.values()) == {"allowed"}
    assert _resolved(after) == {each.name: (RESOLVED, RESOLVED, "agrees") for each in broken}


HINTS: dict[str, JSON] = {
    "typo": {"from": {"namespace": "fronted{suffix}"}},
    "case": {"from": {"kind": "httproute"}},
    "plural": {"from": {"kind": "HTTPRoutes"}},
    "core-alias": {"to": {"group": "core"}},
    "wrong-group": {"from": {"group": "networking.gateway.k8s.io"}},
    "group-with-version": {"from": {"group": "v1"}},
    "old-group": {"from": {"group": "networking.x-k8s.io"}},
    "other-kind": {"from": {"kind": "GRPCRoute"}},
    "other-namespace": {"from": {"namespace": "somewhere-else"}},
    "other-name": {"to": {"name": "ledger"}},
    "wrong-placement": {"placed": "frontend{suffix}"},
    "swapped": {
        "from": {"group": "", "kind": "Service"},
        "to": {"group": GATEWAY_GROUP, "kind": "HTTPRoute"},
    },
    "split": {"halves": [{"to": {"kind": "Secret"}}, {"from": {"kind": "Gateway"}}]},
}
"""For each hint of the contract, the mistake in a grant that would otherwise permit."""


def _grants(hint: str, wrong: JSON, target: str, suffix: str) -> list[JSON]:
    """The grants for a hint, in the target's namespace unless the mistake is the namespace itself."""
    grants = []
    for number, part in enumerate(wrong.get("halves", [wrong])):
        from_, to = from_routes(f"frontend{suffix}"), to_services(name=hint)
        from_ |= {field: value.format(suffix=suffix) for field, value in part.get("from", {}).items()}
        to |= part.get("to", {})
        place = part.get("placed", target).format(suffix=suffix)
        grants.append(grant(place, [from_], [to], name=f"{hint}-{number}"))
    return grants


def test_of_every_hint_the_first_suggestion_makes_the_controller_resolve_the_reference(
    controller: Controller, terminal: Terminal, fresh: Fresh
) -> None:
    server = controller.server
    frontend = fresh(server, "frontend")
    suffix = frontend.removeprefix("frontend")
    targets = {hint: fresh(server, f"of-{hint}") for hint in HINTS}
    routes = {
        hint: route(frontend, to_backends(backend(target, hint)), name=hint, parentRefs=[parent(frontend)])
        for hint, target in targets.items()
    }
    server.apply(gateway(controller, frontend, *OPEN_LISTENERS), *(service(targets[hint], hint) for hint in HINTS))
    server.apply(*(each for hint, wrong in HINTS.items() for each in _grants(hint, wrong, targets[hint], suffix)))
    server.apply(*routes.values())
    question = ("httproute", *routes, "-n", frontend)

    wait_for(controller, *(Expectation(each, NOT_PERMITTED) for each in routes.values()))
    asked = terminal.ask(*question)
    backends = {hint: asked.references[f"{hint} spec.rules[0].backendRefs[0]"] for hint in HINTS}
    terminal.paste(*(reference["fixes"][0]["command"] for reference in backends.values()))
    wait_for(controller, *(Expectation(each, RESOLVED) for each in routes.values()))
    after = terminal.ask(*question)

    for hint, reference in backends.items():
        hints = {each["hint"] for miss in reference["nearMisses"] for each in miss["differences"]}
        assert hint in hints, (hint, reference["nearMisses"])
    assert _resolved(asked) == dict.fromkeys(HINTS, (NOT_PERMITTED, NOT_PERMITTED, "agrees"))
    assert set(after.verdicts.values()) == {"allowed"}
    assert _resolved(after) == dict.fromkeys(HINTS, (RESOLVED, RESOLVED, "agrees"))


def _resolved(answer: Shown) -> dict[str, tuple[tuple[str, str], tuple[str, str], str]]:
    return conditions(answer.report, "ResolvedRefs")
