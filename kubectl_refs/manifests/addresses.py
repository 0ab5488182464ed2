"""Manifests at an address, `-f https://…`, as kubectl reads them: also over HTTP, and with limits on time and size."""

from __future__ import annotations

from typing import BinaryIO, cast

from kubectl_refs.process.files import UnreadableFileError, read_stream
from kubectl_refs.process.time_limit import TimeLimitError, within


def is_address(path: str) -> bool:
    return path.startswith(("http://", "https://"))


def read_address(url: str, seconds: float | None, largest: int) -> bytes:
    """The content at an address; UnreadableFileError in kubectl's words. It must end within `seconds`, None for no
    limit, and hold `largest` bytes at most."""
    # Imported here: start-up time.
    from http.client import HTTPException
    from urllib.error import HTTPError, URLError
    from urllib.request import urlopen

    def read() -> bytes:
        with urlopen(url, timeout=seconds) as response:
            return read_stream(cast(BinaryIO, response), url, largest)

    try:
        return within(seconds, read)
    except HTTPError as error:
        status = f"{error.code} {error.reason}".rstrip()
        problem = f'unable to read URL "{url}", server reported {status}, status code={error.code}'
    except TimeLimitError:
        problem = f'unable to read URL "{url}": no answer within {seconds:g} seconds (see --request-timeout)'
    except URLError as error:
        problem = f'unable to read URL "{url}": {error.reason}'
    except (OSError, HTTPException, ValueError) as error:
        problem = f'unable to read URL "{url}": {error}'
    raise UnreadableFileError(problem)
