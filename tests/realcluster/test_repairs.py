"""The repair of a grant that almost permits, pasted into a shell on a real cluster, makes the reference allowed."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from kubectl_refs.core.model.objects import JSON
from tests.support.cluster.api_server import ApiServer
from tests.support.cluster.asking import Terminal
from tests.support.cluster.fresh import Fresh
from tests.support.cluster.objects import (
    backend,
    from_routes,
    grant,
    mirror,
    path_of,
    route,
    service,
    to_backends,
    to_services,
)


@dataclass(frozen=True, slots=True)
class Slip:
    """A value in a grant that hardly anybody means. `{suffix}` is the suffix of all namespaces of the test."""

    part: str
    field: str
    value: str
    hint: str

    def grant(self, namespace: str, suffix: str) -> JSON:
        from_, to = from_routes(f"frontend{suffix}"), to_services(name="auth")
        slip = {self.field: self.value.format(suffix=suffix)}
        if self.part == "from":
            return grant(namespace, [from_ | slip], [to])
        return grant(namespace, [from_], [to | slip])

    @property
    def path(self) -> str:
        return f"spec.{self.part}[0].{self.field}"


SLIPS = (
    Slip("from", "namespace", "fronted{suffix}", "typo"),
    Slip("from", "namespace", "forntend{suffix}", "typo"),
    Slip("from", "kind", "httproute", "case"),
    Slip("from", "kind", "httproutes", "plural"),
    Slip("from", "kind", "HTTPRuote", "typo"),
    Slip("from", "group", "v1", "group-with-version"),
    Slip("from", "group", "", "wrong-group"),
    Slip("from", "group", "networking.k8s.io", "wrong-group"),
    Slip("from", "group", "networking.gateway.k8s.io", "wrong-group"),
    Slip("from", "group", "networking.x-k8s.io", "old-group"),
    Slip("from", "group", "gateway.networking.x-k8s.io", "old-group"),
    Slip("from", "group", "gateway.netwroking.k8s.io", "typo"),
    Slip("to", "group", "core", "core-alias"),
    Slip("to", "group", "v1", "group-with-version"),
    Slip("to", "kind", "service", "case"),
    Slip("to", "kind", "services", "plural"),
    Slip("to", "kind", "svc", "short-name"),
    Slip("to", "kind", "Sevrice", "typo"),
    Slip("to", "name", "auht", "typo"),
    Slip("to", "name", "Auth", "case"),
)
"""Every hint of docs/rules.md 1.7 that has a repair. The API server admits all of these values."""


def test_of_every_slip_the_field_is_named_and_the_repair_works_and_so_does_the_new_grant(
    terminal: Terminal, fresh: Fresh
) -> None:
    frontend = fresh(terminal.server, "frontend")
    suffix = frontend.removeprefix("frontend")
    objects: list[JSON] = []
    for number, slip in enumerate(SLIPS):
        places = [f"{use}-{number}{suffix}" for use in ("repaired", "granted")]
        objects += [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": place}} for place in places]
        objects += [service(place) for place in places]
        objects += [slip.grant(place, suffix) for place in places]
        objects.append(route(frontend, to_backends(*map(backend, places)), name=f"slip-{number}"))
    terminal.server.apply(*objects)
    question = ("httproute", *(f"slip-{number}" for number in range(len(SLIPS))), "-n", frontend)
    repaired = {f"slip-{number} spec.rules[0].backendRefs[0]": slip for number, slip in enumerate(SLIPS)}
    granted = [path.replace("backendRefs[0]", "backendRefs[1]") for path in repaired]

    asked = terminal.ask(*question)
    references = asked.references
    fixes = {path: [fix["command"] for fix in references[path]["fixes"]] for path in references}
    terminal.paste(*(fixes[path][0] for path in repaired), *(fixes[path][1] for path in granted))
    after = terminal.ask_for_data(*question)

    differences = {path: references[path]["nearMisses"][0]["differences"] for path in repaired}
    named = {path: [(each["path"], each["found"], each["hint"]) for each in differences[path]] for path in repaired}
    assert named == {
        path: [(slip.path, slip.value.format(suffix=suffix), slip.hint)] for path, slip in repaired.items()
    }
    assert {path: [fix["action"] for fix in references[path]["fixes"]] for path in references} == {
        path: ["patch", "create"] for path in references
    }
    assert not any(fix["widens"] for path in references for fix in references[path]["fixes"])
    permitting = {
        path: [match["name"] for match in reference["grants"]] for path, reference in after.references.items()
    }
    assert set(after.verdicts.values()) == {"allowed"}
    assert permitting == {path: ["from-frontend"] for path in repaired} | {
        path: [f"httproute-{frontend}-to-auth"] for path in granted
    }


def test_all_slips_of_one_grant_are_repaired_by_one_command(terminal: Terminal, fresh: Fresh) -> None:
    frontend, shared = fresh(terminal.server, "frontend"), fresh(terminal.server, "shared")
    terminal.server.apply(
        service(shared),
        grant(
            shared,
            [from_routes(frontend, kind="HTTPRoutes", group="networking.gateway.k8s.io")],
            [to_services(name="auth", group="core")],
        ),
        route(frontend, to_backends(backend(shared))),
    )

    asked = terminal.ask("httproute/web", "-n", frontend)
    terminal.paste(asked.commands[0])
    after = terminal.ask_for_data("httproute/web", "-n", frontend)

    assert asked.hints == {
        "spec.from[0].group": "wrong-group",
        "spec.from[0].kind": "plural",
        "spec.to[0].group": "core-alias",
    }
    (reference,) = after.references.values()
    assert reference["verdict"] == "allowed"
    assert reference["grants"] == [{"namespace": shared, "name": "from-frontend", "from": 0, "to": 0}]


def test_a_repair_that_permits_more_comes_second_and_says_truly_what(terminal: Terminal, fresh: Fresh) -> None:
    frontend, shared = fresh(terminal.server, "frontend"), fresh(terminal.server, "shared")
    terminal.server.apply(
        service(shared),
        service(shared, "billing"),
        grant(shared, [from_routes(frontend, kind="httproute")], [to_services()]),
        route(frontend, to_backends(backend(shared))),
        route(frontend, to_backends(backend(shared, "billing")), name="other"),
    )

    asked = terminal.ask("httproute/web", "-n", frontend)
    fixes = asked.references["spec.rules[0].backendRefs[0]"]["fixes"]
    before = terminal.ask_for_data("httproute/other", "-n", frontend)
    terminal.paste(fixes[1]["command"])
    after = terminal.ask_for_data("httproute/other", "-n", frontend)

    assert [(fix["action"], fix["widens"]) for fix in fixes] == [("create", False), ("patch", True)]
    assert f"it would also permit HTTPRoutes in {frontend} to reference any Service" in asked.text
    assert [list(each.verdicts.values()) for each in (before, after)] == [["refused"], ["allowed"]]


@pytest.mark.parametrize(
    "from_",
    [
        pytest.param({"namespace": "team-b{suffix}"}, id="a namespace that may be planned"),
        pytest.param({"group": "example.com"}, id="a group of somebody else"),
    ],
)
def test_a_repair_of_what_may_be_meant_comes_second_as_a_guess_and_works(
    terminal: Terminal, fresh: Fresh, from_: dict[str, str]
) -> None:
    team, shared = fresh(terminal.server, "team-a"), fresh(terminal.server, "shared")
    suffix = team.removeprefix("team-a")
    changed = {field: value.format(suffix=suffix) for field, value in from_.items()}
    terminal.server.apply(
        service(shared),
        grant(shared, [from_routes(team) | changed], [to_services(name="auth")]),
        route(team, to_backends(backend(shared))),
    )

    asked = terminal.ask("httproute/web", "-n", team)
    fixes = asked.references["spec.rules[0].backendRefs[0]"]["fixes"]
    terminal.paste(fixes[1]["command"])
    after = terminal.ask_for_data("httproute/web", "-n", team)

    assert [(fix["action"], fix["confidence"]) for fix in fixes] == [("create", "certain"), ("patch", "guess")]
    assert "best guess: verify before applying" in asked.text
    assert set(after.verdicts.values()) == {"allowed"}


def test_a_repair_counts_what_other_references_of_the_object_need_as_asked_for(
    terminal: Terminal, fresh: Fresh
) -> None:
    frontend, shared = fresh(terminal.server, "frontend"), fresh(terminal.server, "shared")
    terminal.server.apply(
        service(shared),
        service(shared, "billing"),
        grant(shared, [from_routes(frontend, kind="httproutes")], [to_services(name=n) for n in ("auth", "billing")]),
        route(frontend, to_backends(backend(shared), filters=(mirror(backend(shared, "billing")),))),
    )

    asked = terminal.ask("httproute/web", "-n", frontend)
    terminal.paste(asked.commands[0])
    after = terminal.ask_for_data("httproute/web", "-n", frontend)

    first = asked.references["spec.rules[0].backendRefs[0]"]["fixes"][0]
    assert (first["action"], first["widens"]) == ("patch", False)
    assert set(after.verdicts.values()) == {"allowed"}
    assert len(after.verdicts) == 2


def grant_as_it_stands(server: ApiServer, namespace: str) -> JSON:
    return server.read(path_of(grant(namespace, [], [])))


@pytest.mark.parametrize(
    ("from_", "to"),
    [
        pytest.param([], [to_services(name="billing"), to_services(name="auth")], id="an entry was put in front"),
        pytest.param([], [to_services(name="auth"), to_services(name="billing")], id="an entry was added behind"),
        pytest.param([from_routes("elsewhere")], [to_services(name="auth")], id="another from was put in front"),
        pytest.param([], [to_services()], id="the name was taken out, so that the repair would permit more"),
    ],
)
def test_a_repair_of_a_grant_that_changed_meanwhile_is_refused_by_the_server_and_changes_nothing(
    terminal: Terminal, fresh: Fresh, from_: list[JSON], to: list[JSON]
) -> None:
    frontend, shared = fresh(terminal.server, "frontend"), fresh(terminal.server, "shared")
    slip = from_routes(frontend.replace("frontend", "fronted"))
    terminal.server.apply(
        service(shared),
        grant(shared, [slip], [to_services(name="auth")]),
        route(frontend, to_backends(backend(shared))),
    )
    repair = terminal.ask("httproute/web", "-n", frontend).commands[0]
    terminal.server.apply(grant(shared, [*from_, slip], to))
    changed = grant_as_it_stands(terminal.server, shared)

    done = terminal.run(repair)

    assert repair.startswith("kubectl patch referencegrant/from-frontend ")
    assert done.status == 1
    assert done.stderr.startswith("The request is invalid: ")
    assert grant_as_it_stands(terminal.server, shared) == changed


def test_a_repair_works_on_a_cluster_that_serves_grants_as_v1beta1_alone(old_terminal: Terminal, fresh: Fresh) -> None:
    frontend, shared = fresh(old_terminal.server, "frontend"), fresh(old_terminal.server, "shared")
    old_terminal.server.apply(
        service(shared),
        grant(shared, [from_routes(frontend, kind="HttpRoute")], [to_services(name="auth")]),
        route(frontend, to_backends(backend(shared))),
    )

    asked = old_terminal.ask("httproute/web", "-n", frontend)
    old_terminal.paste(asked.commands[0])
    after = old_terminal.ask_for_data("httproute/web", "-n", frontend)

    assert asked.hints == {"spec.from[0].kind": "case"}
    assert asked.commands[0].startswith("kubectl patch referencegrant/from-frontend ")
    assert set(after.verdicts.values()) == {"allowed"}
