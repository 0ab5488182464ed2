"""Secrets and ConfigMaps that are useless as certificates: because of type, form, or a key of another certificate."""

from __future__ import annotations

import base64
from collections.abc import Mapping

import pytest

from kubectl_refs.core.model.judgements import Outcome
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.reference_fields import Role
from kubectl_refs.core.targets.certificates import content_check, content_problem, delivered_elsewhere, foreign_type
from kubectl_refs.core.targets.key_pair import key_belongs_to
from kubectl_refs.core.targets.kind_checks import ControllerFacts
from kubectl_refs.core.targets.pem import pem_blocks
from kubectl_refs.core.targets.requirements import Requirements

RSA, ELLIPTIC, EDWARDS = (bytes.fromhex(oid) for oid in ("2a864886f70d010101", "2a8648ce3d0201", "2b6570"))
MISMATCH = "tls.key is not the key of the certificate in tls.crt"


def der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def sequence(*parts: bytes) -> bytes:
    return der(0x30, *parts)


def integer(value: int) -> bytes:
    return der(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def algorithm(oid: bytes) -> bytes:
    return sequence(der(0x06, oid))


def certificate(oid: bytes, public: bytes) -> bytes:
    """The structure of a certificate: version, serial number, algorithm, issuer, validity, subject and public key."""
    signed = sequence(
        der(0xA0, integer(2)),
        integer(7),
        algorithm(oid),
        sequence(),
        sequence(),
        sequence(),
        sequence(algorithm(oid), der(0x03, b"\0", public)),
    )
    return sequence(signed, algorithm(oid), der(0x03, b"\0"))


def rsa_public(modulus: int) -> bytes:
    return sequence(integer(modulus), integer(65537))


def rsa_key(modulus: int) -> bytes:
    return sequence(integer(0), integer(modulus), integer(65537), *(integer(each) for each in (3, 5, 7, 11, 13, 17)))


def elliptic_key(point: bytes | None) -> bytes:
    public = () if point is None else (der(0xA1, der(0x03, b"\0", point)),)
    return sequence(integer(1), der(0x04, b"secret"), *public)


def wrapped(oid: bytes, key: bytes) -> bytes:
    """A key wrapped as in PKCS#8."""
    return sequence(integer(0), algorithm(oid), der(0x04, key))


MODULUS, OTHER = (1 << 2047) + 99, (1 << 2047) + 101
POINT, ELSEWHERE = b"\x04" + b"p" * 64, b"\x04" + b"q" * 64
PKCS1, SEC1, PKCS8 = "RSA PRIVATE KEY", "EC PRIVATE KEY", "PRIVATE KEY"
OF_RSA = certificate(RSA, rsa_public(MODULUS))
OF_CURVE = certificate(ELLIPTIC, POINT)
OF_EDWARDS = certificate(EDWARDS, b"e" * 32)


@pytest.mark.parametrize(
    ("key", "label", "signed", "told"),
    [
        (rsa_key(MODULUS), PKCS1, OF_RSA, True),
        (rsa_key(OTHER), PKCS1, OF_RSA, False),
        (wrapped(RSA, rsa_key(MODULUS)), PKCS8, OF_RSA, True),
        (wrapped(RSA, rsa_key(OTHER)), PKCS8, OF_RSA, False),
        (elliptic_key(POINT), SEC1, OF_CURVE, True),
        (elliptic_key(ELSEWHERE), SEC1, OF_CURVE, False),
        (wrapped(ELLIPTIC, elliptic_key(POINT)), PKCS8, OF_CURVE, True),
        (wrapped(ELLIPTIC, elliptic_key(ELSEWHERE)), PKCS8, OF_CURVE, False),
        pytest.param(rsa_key(MODULUS), PKCS1, OF_CURVE, False, id="of another algorithm"),
        pytest.param(wrapped(EDWARDS, b"e"), PKCS8, OF_RSA, False, id="of another algorithm, and no public part"),
        pytest.param(elliptic_key(None), SEC1, OF_CURVE, None, id="no public part"),
        pytest.param(wrapped(EDWARDS, b"e"), PKCS8, OF_EDWARDS, None, id="a key that never has one"),
        pytest.param(rsa_key(MODULUS), "ENCRYPTED PRIVATE KEY", OF_RSA, None, id="encrypted"),
        pytest.param(sequence(), PKCS8, OF_RSA, None, id="an empty key"),
        pytest.param(rsa_key(MODULUS), PKCS1, sequence(), None, id="an empty certificate"),
        pytest.param(rsa_key(MODULUS)[:-1], PKCS1, OF_RSA, None, id="cut short"),
        pytest.param(wrapped(b"", b""), PKCS8, OF_RSA, None, id="no algorithm that anyone knows"),
    ],
)
def test_a_key_belongs_to_the_certificate_that_states_its_public_part(
    key: bytes, label: str, signed: bytes, told: bool | None
) -> None:
    assert key_belongs_to(key, label, signed) is told


def pem(label: str, *blocks: bytes) -> str:
    body = (base64.encodebytes(block).decode() for block in blocks)
    return "".join(f"-----BEGIN {label}-----\n{each}-----END {label}-----\n" for each in body)


def secret(data: Mapping[str, str], of_type: str | None = "kubernetes.io/tls") -> JSON:
    encoded = {name: base64.b64encode(value.encode()).decode() for name, value in data.items()}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "type": of_type, "data": encoded}


def config_map(**data: str) -> JSON:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": data}


def pair(certificates: str, key: str) -> JSON:
    return secret({"tls.crt": certificates, "tls.key": key})


SOUND = pair(pem("CERTIFICATE", OF_RSA), pem(PKCS1, rsa_key(MODULUS)))


@pytest.mark.parametrize("role", [Role.CERTIFICATE, Role.CLIENT_CERTIFICATE])
def test_a_certificate_with_its_key_can_be_used(role: Role) -> None:
    assert content_problem(SOUND, role) is None
    assert content_problem({**SOUND, "type": None}, role) is None
    assert foreign_type(SOUND, role) is None
    assert foreign_type({**SOUND, "type": None}, role) is None
    assert (
        foreign_type({**SOUND, "type": "Opaque"}, role)
        == "it is of type Opaque; Gateway API requires controllers to take kubernetes.io/tls and no other type"
    )
    assert foreign_type({**SOUND, "type": "Opaque"}, Role.CA) is None


@pytest.mark.parametrize(
    ("type_", "role", "delivered"),
    [
        ("gateway.envoyproxy.io/sds", Role.CERTIFICATE, True),
        ("gateway.envoyproxy.io/sds", Role.CA, True),
        ("gateway.envoyproxy.io/sds", Role.OTHER, False),
        ("Opaque", Role.CERTIFICATE, False),
        (None, Role.CA, False),
    ],
)
def test_what_envoy_gateway_has_delivered_is_no_certificate_to_judge(
    type_: str | None, role: Role, delivered: bool
) -> None:
    assert (delivered_elsewhere({**SOUND, "type": type_}, role) is not None) is delivered


def test_the_first_certificate_is_the_keys() -> None:
    key = pem(PKCS1, rsa_key(MODULUS))
    assert content_problem(pair(pem("CERTIFICATE", OF_RSA, OF_CURVE), key), Role.CERTIFICATE) is None
    assert content_problem(pair(pem("CERTIFICATE", OF_CURVE, OF_RSA), key), Role.CERTIFICATE) == MISMATCH


def test_a_key_of_another_certificate_is_told_apart() -> None:
    other = pair(pem("CERTIFICATE", OF_RSA), pem(PKCS1, rsa_key(OTHER)))
    assert content_problem(other, Role.CERTIFICATE) == MISMATCH
    plain = {**SOUND, "data": {}, "stringData": {"tls.crt": pem("CERTIFICATE", OF_RSA), "tls.key": pem(SEC1, b"0")}}
    assert content_problem(plain, Role.CERTIFICATE) == "tls.key cannot be decoded"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"tls.key": pem(PKCS1, rsa_key(MODULUS))}, "it has no tls.crt"),
        ({"tls.crt": "invalid", "tls.key": ""}, "tls.crt has no PEM block CERTIFICATE"),
        ({"tls.crt": pem("CERTIFICATE", OF_RSA[:-1]), "tls.key": ""}, "tls.crt cannot be decoded"),
        ({"tls.crt": pem("CERTIFICATE", OF_RSA + b"x"), "tls.key": ""}, "tls.crt cannot be decoded"),
        ({"tls.crt": pem("CERTIFICATE", OF_RSA)}, "it has no tls.key"),
    ],
)
def test_what_has_no_sound_form_is_no_certificate(data: Mapping[str, str], problem: str) -> None:
    assert content_problem(secret(data), Role.CERTIFICATE) == problem


def test_nothing_is_said_of_what_was_read_as_metadata() -> None:
    assert content_problem({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}}, Role.CERTIFICATE) is None


AUTHORITY = pem("CERTIFICATE", OF_RSA)


def encoded(value: str) -> str:
    return base64.b64encode(value.encode()).decode()


def holding(kind: str, field: str, name: str, value: str) -> JSON:
    """A Secret or ConfigMap with one key, in one of the fields that may contain it."""
    base = field == "binaryData" or (kind, field) == ("Secret", "data")
    held = {name: encoded(value) if base else value}
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": "o"}, field: held}


PLACES = [("Secret", "data"), ("Secret", "stringData"), ("ConfigMap", "data"), ("ConfigMap", "binaryData")]


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("ca.crt", AUTHORITY, None),
        ("ca.crt", "invalid", "ca.crt has no PEM block CERTIFICATE"),
        ("ca.crt", pem("CERTIFICATE", OF_RSA[:-1]), "ca.crt cannot be decoded"),
        ("tls.crt", AUTHORITY, None),
        ("tls.crt", "invalid", "it has no ca.crt"),
        ("bundle.pem", AUTHORITY, None),
        ("bundle.pem", "invalid", "it has no ca.crt"),
    ],
)
@pytest.mark.parametrize(("kind", "field"), PLACES)
def test_an_authority_is_judged_alike_in_every_field(
    kind: str, field: str, name: str, value: str, problem: str | None
) -> None:
    assert content_problem(holding(kind, field, name, value), Role.CA) == problem


@pytest.mark.parametrize(
    ("certificates", "key", "problem"),
    [
        (AUTHORITY, pem(PKCS1, rsa_key(MODULUS)), None),
        (AUTHORITY, pem(PKCS1, rsa_key(OTHER)), MISMATCH),
        (AUTHORITY, "invalid", "tls.key has no PEM block PRIVATE KEY"),
        ("invalid", pem(PKCS1, rsa_key(MODULUS)), "tls.crt has no PEM block CERTIFICATE"),
    ],
)
@pytest.mark.parametrize("plain", [(), ("tls.crt",), ("tls.key",), ("tls.crt", "tls.key")])
def test_a_certificate_and_its_key_are_judged_alike_in_every_field(
    plain: tuple[str, ...], certificates: str, key: str, problem: str | None
) -> None:
    values = {"tls.crt": certificates, "tls.key": key}
    obj = secret({name: value for name, value in values.items() if name not in plain})
    written = {**obj, "stringData": {name: values[name] for name in plain}}
    assert content_problem(written, Role.CERTIFICATE) == problem


def test_string_data_replaces_data() -> None:
    both = {**secret({"ca.crt": "invalid"}), "stringData": {"ca.crt": AUTHORITY}}
    assert content_problem(both, Role.CA) is None


@pytest.mark.parametrize("kind", ["Secret", "ConfigMap"])
def test_what_should_be_base64_and_is_not_is_named(kind: str) -> None:
    field = {"Secret": "data", "ConfigMap": "binaryData"}[kind]
    obj: JSON = {"apiVersion": "v1", "kind": kind, "metadata": {"name": "o"}}
    assert content_problem({**obj, field: {"ca.crt": "not base64"}}, Role.CA) == "ca.crt is not base64"
    lines = base64.encodebytes(AUTHORITY.encode()).decode()
    assert content_problem({**obj, field: {"ca.crt": lines}}, Role.CA) is None


@pytest.mark.parametrize(
    "label", ["TRUSTED CERTIFICATE", "CERTIFICATE REQUEST", "NEW CERTIFICATE", "CERTIFICATE ", "certificate"]
)
def test_a_certificate_has_its_exact_label(label: str) -> None:
    assert (
        content_problem(config_map(**{"ca.crt": pem(label, OF_RSA)}), Role.CA) == "ca.crt has no PEM block CERTIFICATE"
    )


@pytest.mark.parametrize(
    ("label", "problem"),
    [
        ("PRIVATE KEY", None),
        ("SOME PRIVATE KEY", None),
        ("NOPRIVATE KEY", "tls.key has no PEM block PRIVATE KEY"),
        ("PRIVATE KEY INFO", "tls.key has no PEM block PRIVATE KEY"),
    ],
)
def test_a_private_key_may_name_its_algorithm(label: str, problem: str | None) -> None:
    key = pem(label, wrapped(RSA, rsa_key(MODULUS)))
    assert content_problem(pair(AUTHORITY, key), Role.CERTIFICATE) == problem


BODY = base64.b64encode(OF_RSA).decode()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(AUTHORITY.replace("\n", "\r\n"), [OF_RSA], id="lines of Windows"),
        pytest.param(f"Subject: CN=a\n{AUTHORITY}and more\n{AUTHORITY}", [OF_RSA, OF_RSA], id="text around"),
        pytest.param(f"-----BEGIN A-----\nName: a\nOther: b\n\n{BODY}\n-----END A-----", [OF_RSA], id="headers"),
        pytest.param(f"-----BEGIN A----- \n {BODY[:9]} {BODY[9:]}\t\n-----END A----- ", [OF_RSA], id="blanks"),
        pytest.param("-----BEGIN A-----\n-----END A-----", [b""], id="nothing in it"),
        pytest.param("-----BEGIN A-----\n%%%\n-----END A-----", [None], id="no base64"),
        pytest.param(AUTHORITY.replace("\n", " "), [], id="folded into one line"),
        pytest.param(f"  {AUTHORITY}", [], id="indented"),
        pytest.param(f"-----BEGIN A-----\n{BODY}\n-----END B-----\n{AUTHORITY}", [OF_RSA], id="ends as another"),
        pytest.param(f"-----BEGIN A-----\n{BODY}\n{AUTHORITY}", [OF_RSA], id="never ends"),
        pytest.param(f"{AUTHORITY}-----END CERTIFICATE-----\n", [OF_RSA], id="ends twice"),
    ],
)
def test_pem_blocks_are_lines_between_two_markers(text: str, found: list[bytes | None]) -> None:
    assert [der for _, der in pem_blocks(text)] == found


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"-----BEGIN A-----{' ' * 1_000_000}x", id="blanks after a marker"),
        pytest.param(f"-----BEGIN A-----{chr(10) * 1_000_000}x", id="empty lines"),
        pytest.param(f"-----BEGIN A-----\n{' ' * 1_000_000}x", id="a line of blanks"),
        pytest.param("-----BEGIN A-----\n" * 50_000, id="many beginnings"),
        pytest.param(f"-----BEGIN {'A' * 500_000}-----\n" + "-----END A\n" * 50_000, id="a label without end"),
        pytest.param(f"-----BEGIN {'A' * 500_000}-----\n" + "QUFB\n" * 100_000, id="a long label and many lines"),
    ],
)
def test_the_work_grows_with_the_size_of_a_text_alone(text: str) -> None:
    """As large as a Secret may be: with a rule that rescans the text for each character, this would take days."""
    assert list(pem_blocks(text)) == []


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"ca.crt": AUTHORITY}, None),
        ({"ca.crt": "invalid", "tls.crt": AUTHORITY}, "ca.crt has no PEM block CERTIFICATE"),
        pytest.param({"tls.crt": AUTHORITY, "other.crt": "x"}, None, id="some look at tls.crt"),
        pytest.param({"bundle.pem": AUTHORITY}, None, id="some take the one there is"),
        pytest.param({"a.pem": AUTHORITY, "b.pem": "x"}, "it has no ca.crt", id="of several none is meant"),
        ({"bundle.pem": "invalid"}, "it has no ca.crt"),
        pytest.param(
            {"ca.crt": base64.b64encode(AUTHORITY.encode()).decode()},
            "ca.crt has no PEM block CERTIFICATE",
            id="a ConfigMap's data is not base64",
        ),
    ],
)
def test_an_authority_is_looked_for_in_ca_crt_first(data: Mapping[str, str], problem: str | None) -> None:
    assert content_problem(config_map(**data), Role.CA) == problem


@pytest.mark.parametrize(("key", "noted"), [("ca.crt", False), ("tls.crt", True), ("bundle.pem", True)])
@pytest.mark.parametrize("reason", ["InvalidCACertificateRef", None])
def test_that_not_all_look_for_an_authority_elsewhere_is_noted(key: str, noted: bool, reason: str | None) -> None:
    expected = Requirements("a CA certificate", missing=reason)
    check = content_check(config_map(**{key: AUTHORITY}), Role.CA, expected, ControllerFacts())
    # What an implementation's own field takes is up to the implementation.
    assert (check is not None) is (noted and reason is not None)
    assert check is None or (check.outcome is Outcome.NOTE and f"in {key}, where only some" in check.message)
