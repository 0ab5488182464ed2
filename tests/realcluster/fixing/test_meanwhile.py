"""fix at a terminal while others are at work: grants are edited, and controllers write their statuses late."""

from __future__ import annotations

import os
import pty
import subprocess
import sysconfig
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.support.cluster.case import Case, managers
from tests.support.cluster.objects import (
    backend,
    from_routes,
    gateway,
    grant,
    listener,
    route,
    service,
    to_backends,
    to_services,
)


def at_terminal(case: Case, words: Sequence[str], meanwhile: Callable[[], object], typed: str) -> tuple[int, str]:
    """Run fix at a terminal. When it asks, call `meanwhile` and type an answer. Return the status and what the terminal
    showed after the question."""
    ours, theirs = pty.openpty()
    program = Path(sysconfig.get_path("scripts")) / "kubectl-refs"
    environ = {
        "HOME": str(case.server.folder),
        "KUBECONFIG": str(case.server.kubeconfig()),
        "LC_ALL": "C.UTF-8",
        "PATH": os.defpath,
    }
    with subprocess.Popen(
        [program, "fix", *case.question, "--apply", *words],
        stdin=theirs,
        stderr=theirs,
        stdout=subprocess.DEVNULL,
        env=environ,
    ) as process:
        os.close(theirs)
        shown = ""
        while "[y/N] " not in shown:
            shown += os.read(ours, 4096).decode()
        meanwhile()
        os.write(ours, f"{typed}\n".encode())
        answer = ""
        try:
            while piece := os.read(ours, 4096):
                answer += piece.decode()
        except OSError:
            # This is how Linux reports the end of a terminal.
            pass
        status = process.wait()
    os.close(ours)
    return status, answer.replace("\r\n", "\n")


def nothing() -> None: ...


@pytest.mark.parametrize(("typed", "status"), [("y", 0), ("n", 1), ("", 1)])
def test_a_person_is_asked_and_the_answer_counts(case: Case, typed: str, status: int) -> None:
    done, shown = at_terminal(case, [], nothing, typed)

    assert done == status
    assert case.specs() == ([case.minimal] if status == 0 else [])
    assert ("created ReferenceGrant" if status == 0 else "nothing was applied") in shown


@pytest.mark.parametrize("words", [[], ["--into", "from-frontend"]], ids=["repair", "into"])
def test_a_grant_edited_while_the_question_stands_stays_as_it_was_edited(case: Case, words: list[str]) -> None:
    case.server.apply(case.typo)
    edited = grant(case.shared, [from_routes("elsewhere"), *case.typo["spec"]["from"]], case.typo["spec"]["to"])

    status, shown = at_terminal(case, words, lambda: case.server.apply(edited), "y")

    assert status == 1
    assert f"error: ReferenceGrant {case.shared}/from-frontend was changed in between: nothing was written" in shown
    assert case.specs() == [{"name": "from-frontend", **edited["spec"]}]


def test_a_grant_deleted_while_the_question_stands_is_not_made_again(case: Case) -> None:
    case.server.apply(case.typo)

    def delete() -> None:
        case.server.delete(case.typo)

    status, shown = at_terminal(case, [], delete, "y")

    assert status == 1
    assert f"error: ReferenceGrant {case.shared}/from-frontend was deleted in between: nothing was written" in shown
    assert case.specs() == []


def test_a_grant_of_the_same_name_made_while_the_question_stands_is_left_alone(case: Case) -> None:
    name = case.minimal["name"]
    theirs = grant(case.shared, [from_routes("elsewhere")], [to_services(name="billing")], name=name)

    status, shown = at_terminal(case, [], lambda: case.server.apply(theirs), "y")

    assert status == 1
    assert f"error: ReferenceGrant {case.shared}/{name} exists by now, and it is another one" in shown
    assert case.specs() == [{"name": name, **theirs["spec"]}]
    assert not any("kubectl-refs" in str(managers(each)) for each in case.grants())


def test_the_same_grant_made_by_another_run_is_as_good(case: Case) -> None:
    status, shown = at_terminal(case, [], lambda: case.fix("--apply", "--yes"), "y")

    name = case.minimal["name"]
    assert status == 0
    assert f"ReferenceGrant {case.shared}/{name} unchanged: somebody else has created the same" in shown
    assert case.specs() == [case.minimal]


def test_of_two_runs_that_give_their_grants_one_name_one_is_told_that_it_came_too_late(case: Case) -> None:
    """A manager has no conflict with itself: with server-side apply, the second grant would replace the first."""
    case.server.apply(
        service(case.shared, "billing"),
        route(case.frontend, to_backends(backend(case.shared, "billing")), name="other"),
    )

    def other() -> None:
        question = ("httproute/other", "-n", case.frontend)
        done = case.refs(case.server.kubeconfig(), "fix", *question, "--name", "ours", "--apply", "--yes")
        assert done.status == 0

    status, shown = at_terminal(case, ["--name", "ours"], other, "y")

    assert status == 1
    assert f"error: ReferenceGrant {case.shared}/ours exists by now, and it is another one" in shown
    assert [each["spec"]["to"][0]["name"] for each in case.grants()] == ["billing"]


# --wait


def with_parent(case: Case) -> None:
    case.server.apply(
        gateway(case.frontend, listener()),
        route(case.frontend, to_backends(backend(case.shared)), parentRefs=[{"name": "public"}]),
    )


def write_status(case: Case, resolved: str, reason: str, when: str) -> None:
    conditions = [
        {
            "type": type_,
            "status": value,
            "reason": why,
            "message": "",
            "observedGeneration": 2,
            "lastTransitionTime": when,
        }
        for type_, value, why in (("Accepted", "True", "Accepted"), ("ResolvedRefs", resolved, reason))
    ]
    parent = {"parentRef": {"name": "public"}, "controllerName": "example.com/gateway", "conditions": conditions}
    case.server.write_status(route(case.frontend), {"parents": [parent]})


def test_waiting_ends_when_a_controller_writes_late(case: Case) -> None:
    with_parent(case)
    write_status(case, "False", "RefNotPermitted", "2026-01-01T00:00:00Z")

    def controller() -> None:
        case.server.wait_until(lambda: bool(case.specs()), "hold the grant", 30)
        write_status(case, "True", "ResolvedRefs", "2026-01-02T00:00:00Z")

    late = threading.Thread(target=controller)
    late.start()
    done = case.fix("--apply", "--yes", "--wait=60s")
    late.join()

    assert done.status == 0
    assert done.stderr.endswith("every controller agrees: ResolvedRefs of 1 parent\n")


def test_waiting_in_vain_says_which_controller_stays_behind(case: Case) -> None:
    with_parent(case)
    write_status(case, "False", "RefNotPermitted", "2026-01-01T00:00:00Z")
    done = case.fix("--apply", "--yes", "--wait=1s")

    assert done.status == 1
    assert "after 1s not every controller agrees:" in done.stderr
    assert "by example.com/gateway" in done.stderr
    assert f"it is older than ReferenceGrant {case.shared}/httproute-{case.frontend}-to-auth" in done.stderr
    assert case.specs() == [case.minimal]


def test_waiting_for_a_controller_that_is_not_there_says_so(case: Case) -> None:
    with_parent(case)
    done = case.fix("--apply", "--yes", "--wait=1s")

    assert done.status == 1
    assert "no controller has reported on this parent" in done.stderr
