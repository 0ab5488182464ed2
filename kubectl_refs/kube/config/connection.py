"""What a client needs to know about a server: the outcome of kubeconfig, flags and credentials."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.records import dataclass
from kubectl_refs.process.time_limit import TIMEOUT

Headers = tuple[tuple[str, str], ...]
"""Names and values, one pair per header; a name may come more than once."""


@dataclass(frozen=True, slots=True)
class Connection:
    """Where to connect, as whom, and the default namespace. `context` is the name of the context that says so, empty
    without one.

    `kubeconfig` is flat: one context whose user has static credentials. `timeout` is in seconds, for a request from
    connecting to the last byte; None means no limit. `renew` makes the connection again if that may give other
    credentials, and `expires`, in seconds since the epoch, says when to. `verbosity` is the level of -v, and `chunk`
    the number of objects per page of a list, 0 for all at once.
    """

    server: str
    namespace: str = "default"
    kubeconfig: JSON = field(default_factory=dict, repr=False)
    impersonation: Headers = ()
    timeout: float | None = TIMEOUT
    compression: bool = True
    renew: Callable[[], Connection] | None = None
    expires: float | None = None
    verbosity: int = 0
    chunk: int = 0
    context: str = ""
