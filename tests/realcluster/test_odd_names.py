"""Names that look like flags or lists, which only manifests can have: no printed command changes the cluster."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kubectl_refs.core.model.objects import JSON
from tests.support.cluster.asking import Terminal
from tests.support.cluster.fresh import Fresh
from tests.support.cluster.objects import (
    V1,
    backend,
    from_routes,
    gateway,
    grant,
    labelled,
    listener,
    route,
    service,
    to_backends,
    to_services,
)

ODD = ("--all", "-A", "-lkept", "--", "kept,other", "kept/other")


def manifests(name: str, namespace: str) -> list[JSON]:
    """Objects with one odd name, which provoke every kind of change."""
    swapped = [from_routes("nowhere"), from_routes(f"{namespace}-a")]
    crossing = route(f"{namespace}-a", to_backends(backend(namespace, "s")), name=name)
    omitting = route(f"{namespace}-b", to_backends(backend(None, "s")), name=name)
    attached = route(f"{namespace}-a", name=f"{name}-attached", parentRefs=[{"name": name, "namespace": namespace}])
    admitting = gateway(namespace, listener(namespaces=labelled(tenant="a")), name=name)
    places = (namespace, f"{namespace}-a", f"{namespace}-b", f"{namespace}-c", f"{namespace}-d", f"{namespace}-e", name)
    return [
        *({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": place}} for place in places),
        service(namespace, "s"),
        grant(namespace, [from_routes("nowhere")], [to_services(name="s")], name=name),
        grant(f"{namespace}-c", swapped, [to_services(), to_services(name="gone")], name=name),
        grant(
            f"{namespace}-d",
            [from_routes(f"{namespace}-a", kind="Gateway")],
            [{"group": "", "kind": "Secret"}],
            name=name,
        ),
        grant(f"{namespace}-e", [from_routes(f"{namespace}-a", kind="httproute")], [to_services(name="s")], name=name),
        grant(name, [from_routes("nowhere")], [to_services(name="s")], name="kept"),
        admitting,
        crossing,
        omitting,
        attached,
        route(name, to_backends(backend(namespace, "s")), name="kept", parentRefs=attached["spec"]["parentRefs"]),
    ]


@pytest.mark.parametrize("name", ODD)
def test_no_command_takes_a_name_for_a_flag_or_for_several_names(
    name: str, terminal: Terminal, fresh: Fresh, tmp_path: Path
) -> None:
    namespace = fresh(terminal.server, "shared")
    terminal.server.apply(
        *(grant(namespace, [from_routes("a")], [to_services(name="s")], name=each) for each in ("kept", "other"))
    )
    file = tmp_path / "input.json"
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": manifests(name, namespace)}))
    kubeconfig = terminal.server.kubeconfig()
    asked = [
        terminal.refs(kubeconfig, *words, "-f", str(file), "--whole", "-o", "json")
        for words in (("grants", "-A"), ("why",), ("grants", "-A", "--findings", "--severity", "info"))
    ]
    commands = list(dict.fromkeys(each for done in asked for each in commands_in(json.loads(done.stdout))))
    before = kept(terminal)
    terminal.run("\n".join(("export KUBE_EDITOR=true", *commands)))
    verbs = {command.split()[1] for command in commands}
    assert verbs == {"create", "delete", "edit", "label", "patch"}
    after = kept(terminal)
    assert {key: after.get(key) for key in before} == before


def kept(terminal: Terminal) -> dict[str, str]:
    """Every object that a command could have changed: its kind, namespace and name, with its resourceVersion."""
    kinds = (f"/apis/{V1}/{plural}" for plural in ("referencegrants", "gateways", "httproutes"))
    listed = [terminal.server.read(path) for path in ("/api/v1/namespaces", *kinds)]
    return {
        "/".join((found["kind"], each["metadata"].get("namespace", ""), each["metadata"]["name"])): each["metadata"][
            "resourceVersion"
        ]
        for found in listed
        for each in found["items"]
    }


def commands_in(data: object) -> list[str]:
    """The commands of all fixes anywhere in a report."""
    if isinstance(data, list):
        return [command for each in data for command in commands_in(each)]
    if not isinstance(data, dict):
        return []
    own = [data["command"]] if isinstance(data.get("command"), str) else []
    return own + [command for each in data.values() for command in commands_in(each)]
