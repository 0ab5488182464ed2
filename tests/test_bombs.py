"""Input that is expensive by design or by size takes bounded memory, and gets one error if there is no answer."""

from __future__ import annotations

import json
import resource
from pathlib import Path

import pytest

from kubectl_refs.core.model.objects import JSON
from tests.support.running import REFUSED, Done, script

BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + level)}: &{chr(98 + level)} [{','.join([f'*{chr(97 + level)}'] * 9)}]\n" for level in range(9)
)
LIMIT = 2 * 1024**3
"""Bytes of address space for a run. A program that recognises a bomb needs a tenth of it."""


def limited(*words: str, limit: int = LIMIT) -> Done:
    """Run the script with limited memory. Exceeding the limit raises MemoryError, which shows as a traceback."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    try:
        return script(*words)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


BOMBS = {
    "aliases": BOMB,
    "brackets": "[" * 100_000,
    "braces": "{a: " * 50_000,
    "json": '{"a":' * 100_000,
    "dashes": "- " * 50_000 + "x",
    "itself": "&a [*a]",
    "merges": "a: &a {b: 1}\n" + "".join(f"b{number}: {{<<: *a}}\n" for number in range(100_000)) + "c: [",
    "long": "a: " + "x" * 10_000_000,
    "zeros": "\x00" * 1000,
    "documents": "--- \n" * 20_000 + "x",
    "quotes": "'" * 1_000_001,
    "directive": "%" * 1_000_000,
    "keys": "? " * 100_000,
    "tags": "!" * 100_000 + " x",
}
COMMANDS = ("check", "graph", "grants", "fix", "who-can", "kinds")
"""Commands that read manifests as `why` does. One bomb is enough to show it."""


@pytest.mark.parametrize(
    ("command", "name"), [*(("why", name) for name in BOMBS), *((command, "aliases") for command in COMMANDS)]
)
def test_a_bomb_costs_bounded_memory_and_is_one_error(tmp_path: Path, command: str, name: str) -> None:
    path = tmp_path / "bomb.yaml"
    path.write_text(BOMBS[name], encoding="utf-8")
    done = limited(command, "-f", str(path))
    assert done.status == 2
    assert done.err.startswith("error: ")
    assert done.err.count("\n") == 1
    assert len(done.err) < 1000


MEGABYTES = 50


@pytest.mark.parametrize(("command", "status"), [("why", 1), ("grants", 0)])
def test_fifty_megabytes_of_text_in_one_object_cost_bounded_memory(tmp_path: Path, command: str, status: int) -> None:
    path = tmp_path / "large.yaml"
    large = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "large"},
        "data": {"x": "y" * MEGABYTES * 2**20},
    }
    path.write_text(f"{Path(REFUSED).read_text()}\n---\n{json.dumps(large)}\n")
    done = limited(command, "-f", str(path))
    assert (done.status, "Traceback" in done.err) == (status, False)


def test_fifty_megabytes_of_objects_cost_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    padding = "y" * 21_000
    with path.open("w") as file:
        file.write(Path(REFUSED).read_text())
        for number in range(MEGABYTES * 50):
            metadata = f"{{name: s{number}, namespace: backend}}"
            file.write(f"\n---\napiVersion: v1\nkind: Service\nmetadata: {metadata}\nspec: {{x: {padding}}}\n")
    assert path.stat().st_size > MEGABYTES * 10**6
    done = limited("why", "-f", str(path))
    assert (done.status, done.err) == (1, "")


def crowded(count: int, *, permitted: bool) -> list[JSON]:
    """`count` routes that each reference a Service of their own, as many grants beside those, and a Gateway with as
    many listeners."""
    api = "gateway.networking.k8s.io"
    listeners = [{"name": f"l{number}", "port": number + 1, "protocol": "HTTP"} for number in range(count)]
    spec = {"gatewayClassName": "x", "listeners": listeners}
    gateway = {"name": "public", "namespace": "frontend"}
    found: list[JSON] = [{"apiVersion": f"{api}/v1", "kind": "Gateway", "metadata": gateway, "spec": spec}]
    for number in range(count):
        name, backend = f"web-{number}", {"name": f"api-{number}", "namespace": "backend"}
        rules = [{"backendRefs": [{**backend, "port": 8080}]}]
        parents = [{"name": "public", "sectionName": f"m{number}"}]
        user = {"group": api, "kind": "HTTPRoute", "namespace": "frontend" if permitted else "fronted"}
        used = {"group": "", "kind": "Service", **({} if permitted else {"name": f"api-{number}"})}
        found += [
            {
                "apiVersion": f"{api}/v1",
                "kind": "HTTPRoute",
                "metadata": {"name": name, "namespace": "frontend"},
                "spec": {"parentRefs": parents, "rules": rules},
            },
            {"apiVersion": "v1", "kind": "Service", "metadata": backend, "spec": {"ports": [{"port": 8080}]}},
            {
                "apiVersion": f"{api}/v1beta1",
                "kind": "ReferenceGrant",
                "metadata": {"name": name, "namespace": "backend"},
                "spec": {"from": [user], "to": [used]},
            },
        ]
    return found


@pytest.mark.parametrize(("command", "permitted"), [("why", False), ("check", True)])
def test_many_grants_and_references_cost_no_memory_for_every_pair(
    tmp_path: Path, command: str, *, permitted: bool
) -> None:
    count = 400
    path = tmp_path / "crowded.json"
    path.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": crowded(count, permitted=permitted)}))
    # Keeping every pair would take a gigabyte.
    done = limited(command, "-f", str(path), "-o", "json", "-n", "frontend", limit=384 * 2**20)
    assert (done.status, done.err) == (1, "")
    backends = [each for each in json.loads(done.out)["references"] if each["to"]["kind"] == "Service"]
    told = [(each["verdict"], len(each["grants"]) + each["grantsOmitted"]) for each in backends]
    near = {len(each["nearMisses"]) + each["nearMissesOmitted"] for each in backends}
    assert told == [("allowed", count) if permitted else ("refused", 0)] * count
    assert near == {0 if permitted else count}
    # Printing every pair would take twice that.
    assert len(done.out) < count * 40_000
