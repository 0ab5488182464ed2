"""Every fix that is printed in any scenario, tried on the API server: what it makes is taken by the schemas and CEL rules
of the CRDs wherever the object was before.

Everything is created with dryRun, so that scenarios do not meet.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

from kubectl_refs.core.fixes.edits import edits_for
from kubectl_refs.core.fixes.json_patch import applied
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.queries.why import investigate
from kubectl_refs.core.view.catalog import ServedKind
from kubectl_refs.kube.cluster import Cluster
from kubectl_refs.kube.connecting import connect
from kubectl_refs.kube.http.response import Response
from kubectl_refs.manifests.source import Manifests, load

SCENARIOS = Path(__file__).parents[2] / "scenarios"
SERVERS = ("status",)
"""Fields that nobody writes with an object."""


class Rehearsal:
    """Creates objects on a server that keeps none of them but Namespaces."""

    def __init__(self, kubeconfig: Path) -> None:
        self._cluster = Cluster(connect(str(kubeconfig)))
        self._namespaces: set[str] = set()

    def refusal(self, obj: JSON) -> str | None:
        """What the server has against an object; None where it takes it."""
        key = key_of(obj)
        kind = self._cluster.catalog.served(key.group_kind)
        if kind is None:
            return "not served"
        if kind.namespaced and key.namespace not in self._namespaces:
            space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": key.namespace}}
            self._cluster.client.send("POST", "/api/v1/namespaces", space)
            self._namespaces.add(key.namespace)
        metadata = {name: value for name, value in obj["metadata"].items() if name in _OWN}
        body = {**{name: value for name, value in obj.items() if name not in SERVERS}, "metadata": metadata}
        body["metadata"]["name"] = f"{key.name[:200]}-tried"
        answer = self._cluster.client.send("POST", _collection(kind, obj, key), body, params={"dryRun": "All"})
        assert isinstance(answer, Response)
        return None if answer.ok else answer.failure.message


_OWN = ("name", "namespace", "labels", "annotations")


def _collection(kind: ServedKind, obj: JSON, key: ObjectKey) -> str:
    within = f"/namespaces/{quote(key.namespace, safe='')}" if kind.namespaced else ""
    return f"{'/apis' if kind.group else '/api'}/{obj['apiVersion']}{within}/{kind.plural}"


def changes_in(source: Manifests) -> Iterator[tuple[str, JSON | None, JSON]]:
    """Each change that is printed: what it is, the object before it (None for a new one) and after it; those of one
    object also as the one patch that `fix` makes of them."""
    objects: Mapping[ObjectKey, JSON] = {key_of(obj): obj for obj in source.objects}
    report = investigate(
        source, [obj for obj in source.objects if source.catalog.table.fields_of(key_of(obj).group_kind)]
    )
    for fix in (fix for each in report.references for fix in each.fixes):
        if fix.manifest is not None:
            yield fix.title, None, fix.manifest
        elif fix.patch and fix.object in objects:
            yield fix.title, objects[fix.object], applied(objects[fix.object], fix.patch)
    for edit in edits_for(report.references, report.objects, source.catalog.table):
        if edit.object in objects and len(edit.fixes) > 1:
            yield edit.as_fix.title, objects[edit.object], applied(objects[edit.object], edit.patch)


def scenarios() -> Iterable[Path]:
    return sorted(path.parent for path in SCENARIOS.glob("*/*/input.yaml"))


def test_the_server_takes_what_every_fix_makes(cluster: Any) -> None:
    rehearsal = Rehearsal(cluster.kubeconfig())
    tried, refused = 0, []
    for folder in scenarios():
        words = str(yaml.safe_load((folder / "scenario.yaml").read_text())["arguments"]).split()
        source = load(
            [str(folder / "input.yaml")],
            recursive=False,
            default_namespace="default",
            stdin=None,
            whole="--whole" in words,
        )
        for title, before, after in changes_in(source):
            # What no server holds needs no change that a server takes.
            if before is not None and rehearsal.refusal(before) is not None:
                continue
            why = rehearsal.refusal(after)
            tried += why != "not served"
            if why not in (None, "not served"):
                refused.append(f"{folder.name}: {title}: {why}\n{json.dumps(after.get('spec'))[:400]}")
    assert refused == []
    assert tried > 150
