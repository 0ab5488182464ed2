"""Downloads lists and throws them away as they arrive, to show what reading them costs any program.

    python download.py SERVER CERTIFICATE_AUTHORITY TOKEN PATH...

It prints how many bytes came. It is as small as can be: it uses only the standard library and decodes nothing.
"""

import http.client
import ssl
import sys
from urllib.parse import urlsplit

PIECE = 256 * 1024


def main(server: str, authority: str, token: str, paths: list[str]) -> None:
    address = urlsplit(server)
    assert address.hostname is not None
    context = ssl.create_default_context(cafile=authority)
    connection = http.client.HTTPSConnection(address.hostname, address.port, context=context)
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json", "Accept-Encoding": "gzip"}
    received = 0
    for path in paths:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        if response.status != 200:
            sys.exit(f"{path}: {response.status}")
        while piece := response.read(PIECE):
            received += len(piece)
    sys.stdout.write(f"{received} bytes\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:])
