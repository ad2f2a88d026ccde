"""What the signed files themselves say, added to what the database knows; in no transaction, since it reads every byte of them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cryptography import x509

from charter.adapters.signer import Seal, Token, Trust, material_of, seals_of
from charter.adapters.storage import Storage
from charter.contracts.models import CHARTER
from charter.i18n import speaking
from charter.signing.evidence import statements, words
from charter.signing.evidence.carried import carried
from charter.signing.evidence.gathering import Evidence
from charter.signing.evidence.plain import Data, instant, sha256, to_pem
from charter.signing.provider import evidence as provider

JOURNAL, ROOT, TIMESTAMP_ROOTS, CHAIN = "journal.jsonl", "autorite.pem", "horodatage.pem", "certificats.pem"
PROVIDER_ROOTS = "prestataire.pem"
REVOCATIONS = "revocations"


@dataclass(frozen=True)
class Complete:
    """`told`: the content of preuve.json; `small`: the files the evidence brings with it, by name; `kept`: those in the storage (signed
    documents, proofs of authority), by name: their SHA-256."""

    told: Data
    small: dict[str, bytes]
    kept: dict[str, str]


def complete(evidence: Evidence, storage: Storage, trust: Trust, source: str) -> Complete:
    """The evidence with each signature's message and timestamp, the articles the files carry, what it proves, and its files.

    `trust`: the roots this installation seals under; `source`: the address of the outside timestamping authority, "" for our own.
    """
    told, pdfs = evidence.told, {}
    for document in told["documents"]:
        pdf = pdfs[document["name"]] = storage.get(document["signed_sha256"])
        _document(document, pdf, len(storage.get(document["original_sha256"])), elsewhere="provider" in told)
        if document["kind"] == CHARTER:
            with speaking("fr"):
                words.complete(told["charter"], document["name"], carried(pdf), signed=True, zone=told["zone"])
    if told["about"]["scope"] == "signatory":
        _only_their_consents(told)
    outside = _authorities(told) if source else ()
    with speaking("fr"):
        if "provider" in told:
            told["provider"]["unchecked"] = list(provider.unchecked(told["provider"], told["documents"]))
        told["proves"], told["does_not_prove"] = statements.proves(told, outside), statements.does_not_prove(told, outside)
    told["authority"] = {"root_pem": to_pem(trust.roots), "timestamp_roots_pem": to_pem(trust.tsa_roots), "timestamps": source or "local"}
    small = {JOURNAL: evidence.journal, **_authority_files(told, list(pdfs.values()))}
    kept = {one["name"]: one["signed_sha256"] for one in told["documents"]} | evidence.pieces
    sizes = {one["name"]: one["size"] for one in told["documents"]} | {name: len(storage.get(key)) for name, key in evidence.pieces.items()}
    told["files"] = [*_listed({name: (sha256(data), len(data)) for name, data in small.items()})]
    told["files"] += _listed({name: (key, sizes[name]) for name, key in kept.items()})
    return Complete(told, small, kept)


def _only_their_consents(told: Data) -> None:
    """One signatory's own evidence keeps that party's consents, once the sentences are made of all: fifty parties' would fill it."""
    own = {one["party"] for one in told["signatories"]}
    for article in told["charter"]["articles"]:
        article["consents"] = [said for said in article["consents"] if said["party_ref"] in own]


def _listed(found: Mapping[str, tuple[str, int]]) -> list[Data]:
    return [{"name": name, "sha256": digest, "size": size} for name, (digest, size) in found.items()]


def _document(document: Data, pdf: bytes, original_size: int, *, elsewhere: bool) -> None:
    seals = seals_of(pdf)
    if elsewhere:  # signed in fields of the provider's own, one revision each, in their order
        regular = [seal for seal in seals if not seal.archive]
        for one in document["revisions"]:
            one["field"] = regular[one["number"] - 1].field
    ends = _prefixes(pdf, [original_size, *(seal.covers for seal in seals), len(pdf)])
    by_field = {seal.field: seal for seal in seals}
    people = {one["field"] for one in document["revisions"] if one["field"]}
    document |= {"size": len(pdf), "original_size": original_size}
    for one in document["revisions"]:
        seal = by_field.get(one["field"]) if one["field"] else _certification(seals, people)
        one["size"] = ends.get(one["sha256"], 0)
        one |= _seal(seal) if seal else {"message": None, "token": None}
    document["archives"] = [{"field": seal.field, "size": seal.covers, **_seal(seal)} for seal in seals if seal.archive]


def _certification(seals: Sequence[Seal], people: Iterable[str]) -> Seal | None:
    """The service's own signature, which comes first."""
    first = next((seal for seal in seals if not seal.archive), None)
    return first if first is not None and first.field not in people else None


def _prefixes(pdf: bytes, ends: Iterable[int]) -> dict[str, int]:
    """How long the beginning of the file is that has each SHA-256, read once whatever their number."""
    found, running, at = {}, hashlib.sha256(), 0
    for end in sorted({one for one in ends if one <= len(pdf)}):
        running.update(pdf[at:end])
        at = end
        found[running.hexdigest()] = end
    return found


def _seal(seal: Seal) -> Data:
    message = {"field": seal.field, "covers": seal.covers, "sha256": sha256(seal.cms), "algorithm": seal.algorithm, "digest": seal.digest}
    return {"message": message, "token": _token(seal.token) if seal.token else None}


def _token(token: Token) -> Data:
    return {
        "serial": token.serial,
        "policy": token.policy,
        "time": instant(token.time),
        "authority": token.authority,
        "algorithm": token.algorithm,
        "imprint": token.imprint,
        "sha256": sha256(token.der),
        "der_base64": base64.b64encode(token.der).decode(),
    }


def _authorities(told: Data) -> tuple[str, ...]:
    found = (one["token"]["authority"] for document in told["documents"] for one in document["revisions"] if one["token"])
    return tuple(dict.fromkeys(found))


def _authority_files(told: Data, pdfs: list[bytes]) -> dict[str, bytes]:
    """Roots, every certificate the signatures rest on, and the newest revocation list of each issuer."""
    material = material_of(*pdfs)
    found = {ROOT: told["authority"]["root_pem"].encode()}
    if told["authority"]["timestamp_roots_pem"]:
        found[TIMESTAMP_ROOTS] = told["authority"]["timestamp_roots_pem"].encode()
    if "provider" in told:
        found[PROVIDER_ROOTS] = told["provider"]["roots_pem"].encode()
    found[CHAIN] = "".join(_named(der) for der in material.certificates).encode()
    lists = enumerate(material.revocation_lists, start=1)
    return found | {f"{REVOCATIONS}/{number}.crl": der for number, der in lists}


def _named(der: bytes) -> str:
    """A certificate as PEM, under the name it bears, so that a person finds it in the file."""
    return f"# {x509.load_der_x509_certificate(der).subject.rfc4514_string()}\n{to_pem((der,))}"
