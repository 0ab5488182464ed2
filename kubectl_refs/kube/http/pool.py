"""Connection pools, direct or through a proxy, and the header that logs in at either end."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import unquote, urlsplit

import urllib3
from urllib3.exceptions import HTTPError

from kubectl_refs.process import errors


def pool(proxy: str | None, settings: dict[str, Any]) -> urllib3.PoolManager:
    """A pool through a proxy's URL, or None; RefsError where such a proxy cannot be used."""
    if proxy is None:
        return urllib3.PoolManager(**settings)
    url = urlsplit(proxy)
    if url.scheme in ("socks5", "socks5h"):
        try:
            from urllib3.contrib.socks import SOCKSProxyManager
        except ImportError:
            raise errors.usage("a socks proxy needs the Python package PySocks") from None
        return SOCKSProxyManager(proxy, **settings)
    if url.username:
        settings["proxy_headers"] = {"Proxy-Authorization": basic(unquote(url.username), unquote(url.password or ""))}
    try:
        return urllib3.ProxyManager(proxy, **settings)
    except (HTTPError, ValueError):
        raise errors.usage(f'invalid proxy URL "{url.scheme}://{url.hostname or ""}"') from None


def basic(user: str, password: str) -> str:
    """The value of a header of basic authentication, in UTF-8 as Go writes it."""
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"
