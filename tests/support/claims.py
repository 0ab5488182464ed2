"""What an answer asserts: verdicts, users, writers, versions. "Not known" asserts nothing and is left out."""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Iterator
from typing import Any

import yaml

from tests.support.running import Done

IMPLIED = ("REF105",)
"""Findings that another one about the same grant can replace: no known user, where its namespace does not exist."""


def claims(command: str, done: Done) -> frozenset[Hashable]:
    """The claims in an answer with `-o json`, or in what `fix` reports having done."""
    if command == "fix":
        return frozenset((*_manifests(done.out), *_doings(done.err)))
    data = json.loads(done.out) if done.out else {}
    match command:
        case "grants":
            return frozenset((*_verdicts(data), *_grants(data)))
        case "who-can":
            return frozenset(_writers(data))
        case "kinds":
            return frozenset(
                (_key(each["referrer"]), each["path"], each["served"])
                for each in data.get("fields", ())
                if each["served"] is not None
            )
        case "version":
            return frozenset(_versions(data))
    return frozenset((*_verdicts(data), *_findings(data)))


def _key(data: dict[str, Any]) -> Hashable:
    return tuple(sorted((name, value) for name, value in data.items() if isinstance(value, str | int)))


def _verdicts(report: dict[str, Any]) -> Iterator[Hashable]:
    for each in report.get("references", ()):
        if each["verdict"] != "unknown":
            yield _key(each["from"]), each["path"], _key(each["to"]), each["verdict"]
    for each in report.get("conditions", ()):
        if each["computed"]["status"] != "Unknown":
            yield _key(each["object"]), each["type"], each["computed"]["status"], each["computed"]["reason"]


def _findings(report: dict[str, Any]) -> Iterator[Hashable]:
    for each in report.get("findings", ()):
        if each["verdict"] != "unknown":
            yield each["code"], _key(each["object"]), each["path"]


def _grants(report: dict[str, Any]) -> Iterator[Hashable]:
    for each in report.get("grants", ()):
        if each["used"]["known"]:
            yield each["name"], "users", each["used"]["references"]
        for able in each["able"]:
            if able["known"]:
                yield each["name"], "able", able["namespace"], able["kind"], tuple(able["objects"])
        for pair in each["pairs"]:
            for user in pair["users"]:
                yield each["name"], "used by", _key(user["from"]), user["path"]
        for finding in each["findings"]:
            if finding["code"] not in IMPLIED:
                yield each["name"], finding["code"], finding["path"]


def _writers(report: dict[str, Any]) -> Iterator[Hashable]:
    for each in report.get("writers", ()):
        yield _key(each["subject"]), each["namespace"], _key(each["binding"]), str(each["permissions"])
    for verb, allowed in (report.get("caller") or {}).items():
        if allowed is not None:
            yield verb, allowed


def _versions(report: dict[str, Any]) -> Iterator[Hashable]:
    for section, field in (
        ("server", "version"),
        ("gatewayAPI", "installed"),
        ("gatewayAPI", "bundleVersion"),
        ("gatewayAPI", "channel"),
        ("referenceGrant", "versions"),
    ):
        value = report.get(section, {}).get(field)
        if value is not None:
            yield section, field, str(value)


def _manifests(printed: str) -> Iterator[Hashable]:
    documents = [each for each in yaml.safe_load_all(printed) if each]
    for each in [item for document in documents for item in document.get("items", [document])]:
        yield "permits", str(each["spec"]["from"]), str(each["spec"]["to"])


def _doings(words: str) -> Iterator[Hashable]:
    yield from re.findall(r"^(?:created|changed) ReferenceGrant .*$", words, re.MULTILINE)
    yield from re.findall(r"^(?:nothing to fix|every controller agrees.*)$", words, re.MULTILINE)
