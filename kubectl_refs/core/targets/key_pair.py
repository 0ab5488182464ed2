"""Does a private key belong to a certificate? Decided by comparing bytes that both hold; nothing is computed.

An RSA private key holds its modulus, and an elliptic curve key usually its public point. The certificate holds the same
(RFC 5280, 8017, 5915 and 5958). If a key has no public part, as with Ed25519, only the algorithms are compared.
"""

from __future__ import annotations

from collections.abc import Iterator

from kubectl_refs.core.records import dataclass

_SEQUENCE, _INTEGER, _OID = 0x30, 0x02, 0x06
_TAGGED = (0xA0, 0xA1)
"""Optional fields 0 and 1: a certificate's version, an elliptic key's curve and public point."""
_RSA = bytes.fromhex("2a864886f70d010101")
_ELLIPTIC = bytes.fromhex("2a8648ce3d0201")
_ED25519 = bytes.fromhex("2b6570")
_TOLD_APART = {_RSA, _ELLIPTIC, _ED25519}
"""Known algorithms: a key of one never belongs to a certificate of another."""


@dataclass(frozen=True, slots=True)
class _Public:
    """A public key: the object identifier of its algorithm, and its bytes, None if a private key does not hold them."""

    algorithm: bytes
    value: bytes | None


def key_belongs_to(key: bytes, label: str, certificate: bytes) -> bool | None:
    """Whether a private key, with its PEM label, is that of a certificate (both DER); None if it cannot be told."""
    try:
        own, wanted = _of_key(key, label), _of_certificate(certificate)
    except (ValueError, IndexError):
        return None
    if own is None or wanted is None:
        return None
    if own.algorithm != wanted.algorithm:
        return False if {own.algorithm, wanted.algorithm} <= _TOLD_APART else None
    return None if own.value is None or wanted.value is None else own.value == wanted.value


def is_whole(der: bytes) -> bool:
    """Whether bytes are exactly one DER sequence, with nothing missing and nothing after it."""
    try:
        return [tag for tag, _ in _elements(der)] == [_SEQUENCE]
    except (ValueError, IndexError):
        return False


def _elements(der: bytes) -> Iterator[tuple[int, bytes]]:
    """The tag and content of each element. Raises ValueError or IndexError if the bytes are not DER."""
    at = 0
    while at < len(der):
        tag, length, at = der[at], der[at + 1], at + 2
        if length & 0x80:
            count = length & 0x7F
            length, at = int.from_bytes(der[at : at + count], "big"), at + count
        if at + length > len(der):
            raise ValueError("an element is longer than what holds it")
        yield tag, der[at : at + length]
        at += length


def _fields(der: bytes) -> list[tuple[int, bytes]]:
    """The elements of the one sequence that the bytes are."""
    ((tag, content),) = _elements(der)
    if tag != _SEQUENCE:
        raise ValueError("expected a sequence")
    return list(_elements(content))


def _of_certificate(der: bytes) -> _Public | None:
    """The SubjectPublicKeyInfo of a certificate: the sixth field of the signed part, not counting optional ones."""
    signed = [content for tag, content in _elements(_fields(der)[0][1]) if tag not in _TAGGED]
    (_, algorithm), (_, bits) = _elements(signed[5])
    return _Public(_oid(algorithm), _modulus(bits[1:]) if _oid(algorithm) == _RSA else bits[1:])


def _of_key(der: bytes, label: str) -> _Public | None:
    if label == "RSA PRIVATE KEY":
        return _Public(_RSA, _modulus(der, place=1))
    if label == "EC PRIVATE KEY":
        return _Public(_ELLIPTIC, _point(der))
    if label != "PRIVATE KEY":
        return None
    (_, _), (_, algorithm), (_, inner), *_ = _fields(der)
    match _oid(algorithm):
        case oid if oid == _RSA:
            return _Public(oid, _modulus(inner, place=1))
        case oid if oid == _ELLIPTIC:
            return _Public(oid, _point(inner))
        case oid:
            return _Public(oid, None)


def _oid(algorithm: bytes) -> bytes:
    (tag, content), *_ = _elements(algorithm)
    if tag != _OID:
        raise ValueError("expected an algorithm")
    return content


def _modulus(der: bytes, place: int = 0) -> bytes:
    tag, content = _fields(der)[place]
    if tag != _INTEGER:
        raise ValueError("expected a modulus")
    return content


def _point(der: bytes) -> bytes | None:
    """The public point of an elliptic key, if it holds one."""
    for tag, content in _fields(der):
        if tag == _TAGGED[1]:
            ((_, bits),) = _elements(content)
            return bits[1:]
    return None
