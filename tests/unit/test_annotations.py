"""References in annotations. Lists of thousands of objects keep an object's annotations only if one is a reference."""

from __future__ import annotations

import json

from kubectl_refs.core.view.catalog import CORE_KINDS, ServedKind
from kubectl_refs.core.view.offline import GATEWAY_API_KINDS
from tests.support.builders import namespaces, route_with
from tests.support.fakes.api import FakeAPI
from tests.support.running import Program

PLUGIN = ServedKind("configuration.konghq.com", "KongPlugin", "kongplugins", ("v1",))
PATH = "metadata.annotations[konghq.com/plugins][0]"


def test_every_command_sees_them_on_a_cluster(refs: Program) -> None:
    route = route_with({"rules": []})
    route["metadata"]["annotations"] = {"konghq.com/plugins": "shared:auth", "other": "x:y"}
    with FakeAPI([route, *namespaces("frontend", "shared")], kinds=(*CORE_KINDS, *GATEWAY_API_KINDS, PLUGIN)) as api:
        refs.use(api)
        checked = json.loads(refs("check", "-A", "-o", "json").out)
        explained = json.loads(refs("why", "httproute/web", "-n", "frontend", "-o", "json").out)
    for report in (checked, explained):
        (found,) = report["references"]
        assert (found["path"], found["verdict"], found["to"]["name"]) == (PATH, "refused", "auth")
