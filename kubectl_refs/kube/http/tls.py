"""Whom a connection trusts, and which certificate it presents, both as in Go (crypto/tls)."""

from __future__ import annotations

import re
import ssl
from pathlib import Path

from kubectl_refs.kube.http import roots
from kubectl_refs.process import errors

_NO_PASSWORD = b""
"""Makes OpenSSL fail on an encrypted key, as kubectl does, instead of asking at the terminal."""


def tls_context(authority: str | None = None, *, verify: bool = True) -> ssl.SSLContext:
    """A context that verifies as Go does, by an `authority` in PEM text, or by the system's without one.

    Otherwise Python 3.13 would refuse the certificates of common clusters for formal flaws, and earlier versions a
    certificate-authority that is not self-signed. RefsError for an authority that cannot be used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    context.hostname_checks_common_name = False
    context.verify_flags = (context.verify_flags | ssl.VERIFY_X509_PARTIAL_CHAIN) & ~ssl.VERIFY_X509_STRICT
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif authority is None:
        roots.load(context)
    else:
        try:
            context.load_verify_locations(cadata=authority)
        except (OSError, ValueError):
            raise errors.usage("unable to load root certificates: unable to parse bytes as PEM block") from None
    return context


def load_client_certificate(context: ssl.SSLContext, certificate: bytes, key: bytes, *, inline: bool) -> None:
    """Let a context present a certificate, with its key, in PEM; RefsError if they cannot be used.

    `inline` says that the kubeconfig itself held the certificate. As in client-go, files are read only when the
    connection is made, and the error says so.
    """
    # Imported here: start-up time.
    import tempfile

    # OpenSSL reads files only. Nobody else may read these, and they are gone before the first request.
    with tempfile.TemporaryDirectory(prefix="kubectl-refs-") as folder:
        paths = Path(folder, "certificate"), Path(folder, "key")
        for path, content in zip(paths, (certificate, key), strict=True):
            path.write_bytes(content)
        try:
            context.load_cert_chain(*paths, _NO_PASSWORD)
        except (OSError, ValueError) as error:
            problem = f"tls: {_pair_problem(certificate, key, error)}"
            raise (errors.usage(problem) if inline else errors.unreachable(problem)) from None


def _pair_problem(certificate_pem: bytes, key_pem: bytes, error: Exception) -> str:
    """Go's words for a client certificate and key that cannot be used (crypto/tls, X509KeyPair)."""
    certificate, key = map(_labels, (certificate_pem, key_pem))
    has_key = [any(label.endswith("PRIVATE KEY") for label in labels) for labels in (certificate, key)]
    if not certificate:
        return "failed to find any PEM data in certificate input"
    if "CERTIFICATE" not in certificate and has_key[0]:
        return (
            "failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have "
            "been switched"
        )
    if not key:
        return "failed to find any PEM data in key input"
    if "CERTIFICATE" in key and not has_key[1]:
        return "found a certificate rather than a key in the PEM for the private key"
    if "mismatch" in str(error).lower():
        return "private key does not match public key"
    return "failed to parse certificate or private key"


def _labels(pem: bytes) -> list[str]:
    return re.findall(r"^-----BEGIN ([^-]*)-----", pem.decode("ascii", "replace"), re.MULTILINE)
