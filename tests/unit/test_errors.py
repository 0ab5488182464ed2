from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from kubectl_refs.core.model.references import Verdict
from kubectl_refs.core.model.report import Gap, Report
from kubectl_refs.core.view.reads import Failure
from kubectl_refs.process import errors
from tests.support.reports import ALLOWED

A, R, B, U = Verdict.ALLOWED, Verdict.REFUSED, Verdict.BROKEN, Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [
        ([], 0),
        ([A, A], 0),
        ([A, R], 1),
        ([B], 1),
        ([R, B, U, A], 1),
        ([U, R], 1),
        ([U, A], 3),
        ([U], 3),
    ],
)
def test_the_exit_status_follows_from_the_verdicts(verdicts: Sequence[Verdict], status: int) -> None:
    assert errors.exit_status(Report(tuple(replace(ALLOWED, verdict=each) for each in verdicts))) == status


def test_a_gap_that_left_no_verdict_open_does_not_change_the_status() -> None:
    gap = Gap("get", "", "namespaces", None, "x", 403, "forbidden", "a hint is missing")
    assert errors.exit_status(Report((ALLOWED,), gaps=(gap,))) == 0


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (errors.usage("no"), "error: no"),
        (
            errors.not_found("httproutes.gateway.networking.k8s.io", "x"),
            'Error from server (NotFound): httproutes.gateway.networking.k8s.io "x" not found',
        ),
        (errors.unknown_type("nope"), 'error: the server doesn\'t have a resource type "nope"'),
        (errors.unauthorized(), "error: You must be logged in to the server (Unauthorized)"),
        (errors.unreachable("EOF"), "Unable to connect to the server: EOF"),
        (
            errors.refused("127.0.0.1:6443"),
            "The connection to the server 127.0.0.1:6443 was refused - did you specify the right host or port?",
        ),
        (errors.configuration("no context"), "Error in configuration: no context"),
        (errors.unread(Failure(None, "EOF")), "Unable to connect to the server: EOF"),
        (errors.unread(Failure(403, "you may not")), "Error from server (Forbidden): you may not"),
        (errors.unread(Failure(500, "broken")), "Error from server (InternalError): broken"),
        (errors.unread(Failure(503, "down")), "Error from server (ServiceUnavailable): down"),
        (errors.unread(Failure(418, "teapot")), "Error from server (Unknown): teapot"),
    ],
)
def test_a_question_that_could_not_be_asked_is_worded_as_kubectl_words_it(error: errors.RefsError, line: str) -> None:
    assert (error.line, error.status, str(error)) == (line, 2, line)
