"""Whether what the provider returned is what was sent, signed: nothing is kept before it is known.

The file must begin with our very bytes (`incremental`), or else have the same pages, to the eye and in words (`same_pages`); in both cases
its pages are compared, since content may be replaced before the first signature too, its attached files are ours (the charter's canonical
articles), its signatures hold and come from the authorities the operator trusts, and nothing changed after them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from charter.adapters.pdf.likeness import differences
from charter.adapters.pdf.pictures import Undrawable
from charter.adapters.signer import SignatureCheck, Trust, Verdict
from charter.adapters.signer.provider import SIMPLE
from charter.adapters.signer.returned import ReturnedSignature, returned_signatures
from charter.signing.verifying import examine
from workflows.base import N_, Missing

INCREMENTAL, SAME_PAGES = "incremental", "same_pages"


class Spoiled(Exception):
    """What came back is not what was sent, or its signatures do not hold. `reasons` say why."""

    def __init__(self, *reasons: Missing) -> None:
        super().__init__("; ".join(one.text % dict(one.params) for one in reasons))
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class Expected:
    """What was sent: the bytes, the names of its signature fields, the people who sign (by signatory id), the level asked."""

    pdf: bytes
    fields: frozenset[str]
    people: tuple[tuple[int, str], ...]
    level: str


@dataclass(frozen=True, slots=True)
class Signed:
    """One signature of a returned file, and whose it is: None when its certificate names nobody of ours (a seal of the provider)."""

    check: SignatureCheck
    certificate_pem: str
    length: int
    signatory_id: int | None


@dataclass(frozen=True, slots=True)
class Accepted:
    """A returned file that passed: how it was recognised, its signatures in order."""

    pdf: bytes
    likeness: str
    signatures: tuple[Signed, ...]


def accept(expected: Expected, returned: bytes, *, now: datetime, trust: Trust) -> Accepted:
    """The file, checked as of `now`. Raises Spoiled."""
    found = examine(returned, now=now, trust=trust, full=True)
    left = set(found.empty_fields) - expected.fields
    if found.verdict not in (Verdict.VALID, Verdict.INCOMPLETE) or left:
        raise Spoiled(*found.reasons)
    _alike(expected.pdf, returned)
    likeness = INCREMENTAL if returned.startswith(expected.pdf) else SAME_PAGES
    signatures = _attributed(found.signatures, returned_signatures(returned), expected.people)
    if expected.level != SIMPLE and len(signatures) < len(expected.people):
        text = N_("À ce niveau chaque signataire signe de sa propre clé : %(n)s signatures pour %(expected)s signataires")
        raise Spoiled(Missing(text, params={"n": len(signatures), "expected": len(expected.people)}))
    return Accepted(returned, likeness, signatures)


def _alike(ours: bytes, theirs: bytes) -> None:
    try:
        told = differences(ours, theirs)
    except Undrawable as error:
        raise Spoiled(Missing(N_("Les pages n’ont pas pu être comparées à celles envoyées"))) from error
    reasons = []
    if told.redrawn:
        reasons.append(Missing(N_("L’aspect de pages a changé : %(pages)s"), params={"pages": _numbers(told.redrawn)}))
    if told.reworded:
        reasons.append(Missing(N_("Le texte de pages a changé : %(pages)s"), params={"pages": _numbers(told.reworded)}))
    if told.attachments:
        names = ", ".join(told.attachments)
        reasons.append(Missing(N_("Des fichiers joints ont changé ou disparu : %(names)s"), params={"names": names}))
    if reasons:
        raise Spoiled(*reasons)


def _attributed(
    checks: Sequence[SignatureCheck], found: Sequence[ReturnedSignature], people: Sequence[tuple[int, str]]
) -> tuple[Signed, ...]:
    """Each signature with the signatory its certificate names, the first one still without."""
    free = list(people)
    made = []
    for check, one in zip(checks, found, strict=True):
        owner = next((pair for pair in free if _names(check.name, pair[1])), None)
        if owner:
            free.remove(owner)
        made.append(Signed(check, one.certificate_pem, one.length, owner[0] if owner else None))
    return tuple(made)


def _names(subject: str, name: str) -> bool:
    """True when every word of the name is in the certificate's: identity papers give more first names, in capitals, without accents."""
    return bool(name.strip()) and _plain(name) <= _plain(subject)


def _plain(text: str) -> set[str]:
    bare = "".join(one for one in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(one))
    return set("".join(one if one.isalnum() else " " for one in bare).split())


def _numbers(pages: Sequence[int]) -> str:
    return ", ".join(map(str, pages))
