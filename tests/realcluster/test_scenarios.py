"""Every scenario on a real API server: the answer is the one for its manifests, and the server accepts every proposed
change, which then has the effect that it claims."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from kubectl_refs.core.model.objects import JSON, ObjectKey
from tests.realcluster.scenario_table import LEFT_OUT, OTHERWISE
from tests.support.cluster import crds, foreign
from tests.support.cluster.api_server import ApiServer
from tests.support.cluster.asking import Program
from tests.support.cluster.binaries import Binaries
from tests.support.cluster.pasting import Shell
from tests.support.cluster.stage import Stage
from tests.support.random_clusters.changes import alternatives
from tests.support.running import objects_of

HERE = Path(__file__).parents[1] / "scenarios"
SCENARIOS = sorted(str(path.parent.relative_to(HERE)) for path in HERE.glob("*/*/input.yaml"))
X_LISTENER_SETS = "config/crd/experimental/gateway.networking.x-k8s.io_xlistenersets.yaml"
RUNS = 3
"""How often `fix` is run. One run may only reveal what the next one has to do, which it then says."""
Report = Mapping[str, Any]
Place = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """A server that holds only one scenario, whose objects can be put there again."""

    stage: Stage
    shell: Shell
    refs: Program
    server: ApiServer
    objects: Sequence[JSON]

    def begin(self) -> dict[ObjectKey, str]:
        self.stage.clear()
        return self.stage.put(self.objects)

    def ask(self, *words: str) -> Report:
        done = self.refs(self.server.kubeconfig(), *words, "-o", "json")
        assert done.stdout, done.stderr
        answer: Report = json.loads(done.stdout)
        return answer


@pytest.fixture(scope="module")
def server(programs: Binaries) -> Iterator[ApiServer]:
    """A server with the kinds of all scenarios, and otherwise empty."""
    with ApiServer(programs) as server:
        texts = [(HERE / name / "input.yaml").read_text() for name in SCENARIOS]
        every = [obj for text in texts for obj in yaml.load_all(text, yaml.CSafeLoader)]
        # Releases before 1.5 had XListenerSet, whose schema sets defaults for what a manifest leaves out.
        gateway_api = [
            *crds.definitions("1.7.0", "experimental"),
            *crds.definitions_in(crds.MODULE, "v1.4.1", X_LISTENER_SETS),
        ]
        known = {each["metadata"]["name"] for each in gateway_api}
        others = [each for each in foreign.taking_anything(every) if each["metadata"]["name"] not in known]
        crds.install_definitions(server, [*gateway_api, *others])
        yield server


@pytest.fixture(scope="module")
def stage(server: ApiServer) -> Stage:
    return Stage(server)


@pytest.fixture(params=SCENARIOS)
def scene(
    server: ApiServer, stage: Stage, refs: Program, request: pytest.FixtureRequest
) -> Iterator[tuple[str, Scene]]:
    name = str(request.param)
    shell = Shell(stage, refs, server.kubeconfig())
    yield name, Scene(stage, shell, refs, server, objects_of(str(HERE / name / "input.yaml")))
    stage.clear()


def test_the_answer_is_that_for_the_manifests_and_the_changes_do_what_they_say(scene: tuple[str, Scene]) -> None:
    name, on = scene
    refused = on.begin()
    assert bool(refused) == (name in LEFT_OUT), refused
    if refused:
        pytest.skip(LEFT_OUT[name])
    live = on.ask("check", "-A")
    manifests = on.ask("check", "-A", "--whole", "-f", str(HERE / name / "input.yaml"))
    on_server, in_files = verdicts(live), verdicts(manifests)
    differing = [
        (place, on_server.get(place), said) for place, said in in_files.items() if on_server.get(place) != said
    ]
    assert (differing == []) == (name not in OTHERWISE), differing
    advised = {place_of(each): alternatives(each["fixes"]) for each in live["references"] if each["fixes"]}
    try_all(on, live)
    if not advised:
        return
    for command in dict.fromkeys(step["command"] for steps in advised.values() for step in steps[0]):
        pasted = on.shell.paste(command)
        assert pasted.done, (command, pasted.says)
    assert_done(on.ask("check", "-A"), advised)
    if all(step["action"] == "create" for steps in advised.values() for step in steps[0]):
        # `fix` makes the same of a new grant, which tests/realcluster/fixing covers.
        return
    on.begin()
    for _ in range(RUNS):
        done = on.refs(on.server.kubeconfig(), "fix", "-A", "--apply", "--yes=all")
        assert not re.search("^error", done.stderr, re.IGNORECASE | re.MULTILINE), done.stderr
        if done.status == 0 or not re.search("^(created|changed) ", done.stderr, re.MULTILINE):
            break
    surely = {
        place: steps
        for place, steps in advised.items()
        if all(step["confidence"] != "guess" and step["action"] in ("create", "patch", "label") for step in steps[0])
    }
    assert_done(on.ask("check", "-A"), surely)


def try_all(on: Scene, live: Report) -> None:
    """Try every change for every reference and for every finding about a grant, each on its own."""
    has_grants = any(obj["kind"] == "ReferenceGrant" for obj in on.objects)
    grants = on.ask("grants", "-A")["grants"] if has_grants else []
    findings = [finding for grant in grants for finding in grant["findings"]]
    for fixes in [each["fixes"] for each in (*live["references"], *findings)]:
        for step in fixes:
            said = on.shell.try_out(step["command"])
            assert said.done, (step["command"], said.says)


def place_of(reference: Report) -> Place:
    key = reference["from"]
    return key["group"], key["kind"], key["namespace"], key["name"], reference["path"]


def verdicts(report: Report) -> Mapping[Place, object]:
    """The conclusions about each reference, without their wording, which differs between a server and manifests."""
    return {
        place_of(each): (
            *(each[field] for field in ("mechanism", "verdict", "reason", "code")),
            *((step["action"], step["title"], step["confidence"], step.get("remains")) for step in each["fixes"]),
        )
        for each in report["references"]
    }


def assert_done(report: Report, advised: Mapping[Place, Sequence[Sequence[Report]]]) -> None:
    """Assert that each reference is allowed after its first advice, unless the advice says that something remains or
    leaves the writing to the owner. A reference that the advice removes no longer counts."""
    after = {place_of(each): each for each in report["references"]}
    for place, ways in advised.items():
        steps = ways[0]
        by_hand = any(step["action"] == "edit" and not step.get("labels") for step in steps)
        if place not in after or by_hand or any(step.get("remains") for step in steps):
            continue
        assert after[place]["verdict"] == "allowed", (place, [step["title"] for step in steps], after[place]["cause"])
