"""Whether what the provider returned is what was sent, signed: nothing is kept before it is known.

The file must begin with our very bytes (`incremental`), or else have the same pages, to the eye and in words (`same_pages`); in both cases
its pages are compared, since content may be replaced before the first signature too, its attached files are ours (the charter's canonical
articles), its signatures hold and come from the authorities the operator trusts, and nothing changed after them. Above the simple level
each signatory signs under a certificate that bears their name. At that level the provider's own seal may sign for all: who signed is then
what its records say (following.py, collecting.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from charter.adapters.pdf.likeness import differences
from charter.adapters.pdf.pictures import Undrawable
from charter.adapters.signer import SignatureCheck, Trust, Verdict
from charter.adapters.signer.provider import SIMPLE
from charter.adapters.signer.returned import ReturnedSignature, returned_signatures
from charter.signing.provider.naming import attributed, misnamed
from charter.signing.verifying import examine
from workflows.base import N_, Missing

INCREMENTAL, SAME_PAGES = "incremental", "same_pages"


class Spoiled(Exception):
    """What came back is not what was sent, or its signatures do not hold. `reasons` say why."""

    def __init__(self, *reasons: Missing) -> None:
        super().__init__("; ".join(one.text % dict(one.params) for one in reasons))
        self.reasons = reasons


class Misnamed(Spoiled):
    """A signature lacks, or is not the signatory's: the file may be the one sent, but not everybody signed it."""


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
    signatures = _signed(found.signatures, returned_signatures(returned), expected)
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


def _signed(checks: Sequence[SignatureCheck], found: Sequence[ReturnedSignature], expected: Expected) -> tuple[Signed, ...]:
    """Each signature with the signatory its certificate names. Raises Misnamed above the simple level, where it must name each."""
    owners = attributed(found, expected.people)
    if expected.level != SIMPLE and (wrong := misnamed(found, owners, expected.people)):
        raise Misnamed(*wrong)
    return tuple(Signed(check, one.certificate_pem, one.length, owner) for check, one, owner in zip(checks, found, owners, strict=True))


def _numbers(pages: Sequence[int]) -> str:
    return ", ".join(map(str, pages))
