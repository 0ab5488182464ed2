"""The system's certificate authorities, wherever it keeps them.

OpenSSL looks where it was built to look, but a bundle also runs on other systems than the one it was built on. If
nothing is there, the places that Go tries are tried (crypto/x509, root_linux.go and root_bsd.go).
"""

from __future__ import annotations

import os
import ssl

FILES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/tls/cacert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
"""The files of Debian, Fedora, openSUSE, OpenELEC, Red Hat, and Alpine or macOS."""


def load(context: ssl.SSLContext) -> None:
    """Let a context trust what the system trusts."""
    context.load_default_certs()
    found = ssl.get_default_verify_paths()
    if not any((found.cafile, found.capath)) and not context.cert_store_stats()["x509_ca"]:
        file = next(filter(os.path.isfile, FILES), None)
        if file is not None:
            context.load_verify_locations(file)
