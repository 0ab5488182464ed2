"""Errors in kubectl's words, and the exit statuses."""

from __future__ import annotations

from collections.abc import Sequence

OK = 0
FOUND = 1
USAGE = 2
UNKNOWN = 3
INTERRUPTED = 130


class RefsError(Exception):
    """One line for standard error, already in kubectl's words, and the exit status.

    `more` are further lines, where kubectl prints several; a line break within a line comes from quoted text.
    """

    def __init__(self, line: str, status: int = USAGE, more: Sequence[str] = ()) -> None:
        super().__init__(line)
        self.line = line
        self.status = status
        self.more = tuple(more)


class ServerError(RefsError):
    """An error that the API server has answered with."""


def usage(message: str, *more: str) -> RefsError:
    """A mistake in the command line or in what it names: `error: …`."""
    return RefsError(f"error: {message}", more=more)


def server_error(reason: str, message: str) -> ServerError:
    """A failure the API server reported: `Error from server (NotFound): …`."""
    return ServerError(f"Error from server ({reason}): {message}")


_REASONS = {
    400: "BadRequest",
    403: "Forbidden",
    404: "NotFound",
    409: "Conflict",
    410: "Expired",
    429: "TooManyRequests",
    500: "InternalError",
    503: "ServiceUnavailable",
    504: "Timeout",
}


def unread(http_status: int | None, message: str) -> RefsError:
    """Something asked for that could not be read; the status is None if no server answered."""
    if http_status is None:
        return unreachable(message)
    return server_error(_REASONS.get(http_status, "Unknown"), message)


def not_found(resource: str, name: str) -> RefsError:
    return server_error("NotFound", f'{resource} "{name}" not found')


def unknown_type(word: str) -> RefsError:
    resource, _, group = word.partition(".")
    return usage(f'the server doesn\'t have a resource type "{resource}"' + (f' in group "{group}"' if group else ""))


def unauthorized(message: str = "Unauthorized") -> ServerError:
    return ServerError(f"error: You must be logged in to the server ({message})")


def unreachable(detail: str, *more: str) -> RefsError:
    return RefsError(f"Unable to connect to the server: {detail}", more=more)


def refused(address: str) -> RefsError:
    return RefsError(f"The connection to the server {address} was refused - did you specify the right host or port?")


def configuration(message: str, *more: str) -> RefsError:
    return RefsError(f"Error in configuration: {message}", more=more)


def reason_of(error: OSError) -> str:
    """Why the system refused something, in Go's words, which are the system's in lower case."""
    return (error.strerror or str(error)).lower()
