"""A few hundred random objects: the computed conditions of routes and listeners, compared with the controller's."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from kubectl_refs.core.model.objects import JSON
from tests.support.cluster.asking import Program
from tests.support.controllers.comparison import Difference, differences
from tests.support.controllers.controller import Controller
from tests.support.controllers.deviations import Deviation, deviation
from tests.support.controllers.envoy_gateway import NAME as ENVOY_GATEWAY
from tests.support.controllers.generator import LABELS, generate
from tests.support.controllers.policies import computed, policies, reached
from tests.support.controllers.scene import certificate

SEED = int(os.environ.get("KUBECTL_REFS_SEED", "5"))
LEAST_ALIKE = 350
"""Minimum number of conditions as computed, so that rules cannot explain everything away. Of 550 about 400 are."""
SETTLED_WITHIN = 90
"""Seconds until the controller must have written all conditions. It takes about fifteen."""


def test_every_condition_is_as_computed_or_a_deviation_that_is_known(controller: Controller, refs: Program) -> None:
    objects = generate(SEED, controller.gateway_class, certificate(controller.server))
    controller.server.apply(*objects)
    seen = Comparison()

    def settled() -> bool:
        nonlocal seen
        seen = Comparison.of(checked(controller, refs), objects, controller.name)
        return not seen.unexplained

    controller.wait(settled, lambda: f"write what is computed (seed {SEED})\n{seen}", SETTLED_WITHIN)
    sys.stdout.write(f"{controller.name}, seed {SEED}: {seen}\n")
    assert seen.same >= LEAST_ALIKE
    clear(controller, objects)


@pytest.mark.parametrize("controller", ["envoy-gateway"], indirect=True)
def test_policies_reach_the_gateways_of_other_namespaces_that_grants_permit(
    controller: Controller, refs: Program
) -> None:
    assert controller.name == ENVOY_GATEWAY
    around = generate(SEED, controller.gateway_class, certificate(controller.server))
    gateways = [each for each in around if each["kind"] == "Gateway"]
    selecting = policies(SEED, list(LABELS), gateways)
    namespaces = [each for each in around if each["kind"] == "Namespace"]
    controller.server.apply(*namespaces, *gateways, *selecting)
    permitted, refused = computed(checked(controller, refs))
    # Both kinds must occur.
    assert len(permitted) >= 3
    assert len(refused) >= 3

    def compared() -> str:
        found = set(reached(controller, selecting))
        return f"missing {sorted(permitted - found)}, beyond {sorted(found - permitted)}"

    controller.wait(lambda: compared() == "missing [], beyond []", lambda: f"reach what is permitted: {compared()}")
    clear(controller, [*gateways, *selecting])


def clear(controller: Controller, objects: Sequence[JSON]) -> None:
    """Delete these many objects, which every check in later tests would otherwise read."""
    controller.server.delete(*(each for each in objects if "namespace" in each["metadata"]))


@dataclass(frozen=True)
class Comparison:
    """The number of conditions, and those that differ: the unexplained ones, and the known ones with their rules."""

    total: int = 0
    unexplained: Sequence[Difference] = ()
    known: Sequence[tuple[Difference, Deviation]] = ()

    @classmethod
    def of(cls, report: JSON, objects: Sequence[JSON], controller: str) -> Comparison:
        judged = [(each, deviation(each, controller)) for each in differences(report, objects)]
        return cls(
            len(report["conditions"]),
            [each for each, rule in judged if rule is None],
            [(each, rule) for each, rule in judged if rule is not None],
        )

    @property
    def same(self) -> int:
        return self.total - len(self.unexplained) - len(self.known)

    def __str__(self) -> str:
        """Every difference, with the known ones listed under their rules."""
        lines = [
            f"{self.same} of {self.total} conditions are the same; {len(self.unexplained)} differ for no known reason"
        ]
        lines += map(str, self.unexplained)
        for reason, count in Counter(rule.reason for _, rule in self.known).most_common():
            lines += [f"{count} differ: {reason}"]
            lines += [str(each) for each, rule in self.known if rule.reason == reason]
        return "\n".join(lines)


def checked(controller: Controller, refs: Program) -> JSON:
    """What `check` reports on the objects in the generator's namespaces."""
    done = refs(controller.server.kubeconfig(), "check", "-A", "-o", "json", "--exit-zero")
    assert (done.status, done.stderr) == (0, "")
    report = json.loads(done.stdout)
    return {
        "references": [each for each in report["references"] if each["from"]["namespace"] in LABELS],
        "conditions": [each for each in report["conditions"] if each["object"]["namespace"] in LABELS],
    }
