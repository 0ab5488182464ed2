"""A request as the command line names it: a URL, and curl's `-X METHOD` and `-H 'name: value'`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import parse_qsl, urlsplit

from kubectl_refs.core.model.routing import Request
from kubectl_refs.process.errors import usage

_PORTS = {"http": 80, "https": 443}
_TOKEN = re.compile(r"[-!#$%&'*+.^_`|~0-9A-Za-z]+")


def parse_request(url: str, method: str | None, headers: Sequence[str]) -> Request:
    """The request made of a URL, a method and headers; RefsError if one of them is invalid.

    Routes go by the Host header, if given; TLS by the URL's host. A header given twice becomes one with both values.
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError as error:
        raise usage(f'invalid URL "{url}": {error}') from None
    if parts.scheme not in _PORTS:
        raise usage(f'invalid URL "{url}": the scheme must be http or https')
    if not host:
        raise usage(f'invalid URL "{url}": it has no host')
    given: dict[str, str] = {}
    for header in headers:
        name, colon, value = header.partition(":")
        name = name.strip().lower()
        if not colon or not _TOKEN.fullmatch(name):
            raise usage(f"invalid header \"{header}\": it must be 'name: value'")
        given[name] = f"{given[name]},{value.strip()}" if name in given else value.strip()
    if method is not None and not _TOKEN.fullmatch(method):
        raise usage(f'invalid method "{method}"')
    named = re.sub(r":\d*$", "", given.get("host", "")).lower()
    return Request(
        url,
        parts.scheme,
        host,
        named or host,
        _PORTS[parts.scheme] if port is None else port,
        parts.path or "/",
        method.upper() if method else "GET",
        tuple(given.items()),
        tuple(parse_qsl(parts.query, keep_blank_values=True)),
    )
