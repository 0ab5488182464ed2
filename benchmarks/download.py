"""Downloads lists page by page and throws them away: what reading them costs whoever reads them.

    python download.py SERVER CERTIFICATE_AUTHORITY TOKEN PATH...

It prints how many bytes came. As small as can be: the standard library alone, and of each page only what leads to the next.
"""

import http.client
import re
import ssl
import sys
import zlib
from urllib.parse import quote, urlsplit

CONTINUE = re.compile(rb'"continue":"([^"]+)"')
HEAD = 4096
"""Bytes of a page, which begins with its metadata, in which the token of the next one stands."""


def main(server: str, authority: str, token: str, paths: list[str]) -> None:
    address = urlsplit(server)
    assert address.hostname is not None
    context = ssl.create_default_context(cafile=authority)
    connection = http.client.HTTPSConnection(address.hostname, address.port, context=context)
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json", "Accept-Encoding": "gzip"}
    received = 0
    for path in paths:
        following = ""
        while True:
            connection.request("GET", f"{path}?limit=500{following}", headers=headers)
            response = connection.getresponse()
            page = response.read()
            if response.status != 200:
                sys.exit(f"{path}: {response.status}")
            received += len(page)
            gzipped = response.headers.get("Content-Encoding") == "gzip"
            head = zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(page, HEAD) if gzipped else page[:HEAD]
            found = CONTINUE.search(head)
            if found is None:
                break
            following = f"&continue={quote(found[1].decode(), safe='')}"
    sys.stdout.write(f"{received} bytes\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:])
