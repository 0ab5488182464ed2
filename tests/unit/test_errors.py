"""Errors about questions that could not be asked, in kubectl's words."""

from __future__ import annotations

import pytest

from kubectl_refs.process import errors


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
        (errors.unread(None, "EOF"), "Unable to connect to the server: EOF"),
        (errors.unread(403, "you may not"), "Error from server (Forbidden): you may not"),
        (errors.unread(500, "broken"), "Error from server (InternalError): broken"),
        (errors.unread(503, "down"), "Error from server (ServiceUnavailable): down"),
        (errors.unread(418, "teapot"), "Error from server (Unknown): teapot"),
    ],
)
def test_a_question_that_could_not_be_asked_is_worded_as_kubectl_words_it(error: errors.RefsError, line: str) -> None:
    assert (error.line, error.status, str(error)) == (line, 2, line)
