"""What this platform knows of a file: whether it is one of its documents, entire or cut, and how far that document went since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import or_, select

from charter.adapters.signer import Verdict, Verification
from charter.signing.models import EnvelopeDocument, SealedRevision, Signatory
from charter.signing.provider.choice import chosen
from charter.signing.provider.models import ProviderRequest
from charter.work import Work
from workflows.base import N_, Missing
from workflows.signing import EnvelopeStatus, SignatoryStatus

ONE_MISSING = N_("Il manque la signature de %(names)s : la plateforme connaît ce document, et ce fichier n’en est pas la dernière version")
MISSING = N_("Il manque les signatures de %(names)s : la plateforme connaît ce document, et ce fichier n’en est pas la dernière version")
GATHERED = N_("Signé de tous chez %(provider)s : ses signatures tiennent, et la plateforme a contrôlé ce fichier à son retour")
GATHERED_AND_MORE = N_("Signé de tous chez %(provider)s : ses signatures tiennent ; quelque chose a été ajouté ensuite au fichier")
STAMP_MISSING = N_("Il manque l’horodatage d’archivage : la plateforme connaît ce document, et ce fichier n’en est pas la dernière version")


@dataclass(frozen=True, slots=True)
class Known:
    """What anybody who holds a file of ours may know of it: nothing its pages do not say, but how far its envelope went since.

    `signed` of `expected` people have signed in this very file; `missing` names the organisations that signed a newer one (nobody's name
    or address); `exact`: its bytes are a file we made, and not one that only begins like it; `latest`: it holds the newest we made.
    `gathered_by`: the outside provider that had it signed, `claim` the level it declares, `places` our own fields, left empty then: who
    signed is what we noted when the file came back and was checked.
    """

    kind: str
    sent_at: datetime | None
    signed: int
    expected: int
    missing: tuple[str, ...]
    exact: bool
    latest: bool
    status: EnvelopeStatus
    gathered_by: str = ""
    claim: str = ""
    places: frozenset[str] = frozenset()


def known(work: Work, found: Verification) -> Known | None:
    """The document of ours this file is, or was at one of its signatures; None when there is none."""
    document = _document(work, [found.sha256, *found.states])
    if document is None:
        return None
    elsewhere = chosen(work, document.envelope)
    if elsewhere is not None and document.revisions:
        return _gathered(document, elsewhere, found)
    good = {one.field for one in found.signatures if one.intact and one.trusted}
    expected = [one for one in document.envelope.signatories if one.status != SignatoryStatus.declined] or document.envelope.signatories
    made = {document.original_sha256, *(one.sha256 for one in document.revisions)}
    return Known(
        kind=document.kind,
        sent_at=document.envelope.sent_at,
        signed=sum(1 for one in expected if one.field in good),
        expected=len(expected),
        missing=tuple(one.organisation for one in expected if one.field not in good and _has_signed(one)),
        exact=found.sha256 in made,
        latest=document.current_sha256 in (found.sha256, *found.states),
        status=document.envelope.status,
    )


def compared(found: Verification, held: Known | None) -> Verification:
    """The verification, in the light of what we know: a true but earlier version of a document is not the whole of it."""
    if held is not None and held.gathered_by and found.verdict is Verdict.INCOMPLETE and set(found.empty_fields) <= held.places:
        # Our own fields stay empty in what a provider had signed: they are not signatures that lack.
        text = GATHERED if held.exact else GATHERED_AND_MORE
        found = replace(found, verdict=Verdict.VALID, reasons=(Missing(text, params={"provider": held.gathered_by}),))
    good = found.verdict is Verdict.VALID or (found.verdict is Verdict.INCOMPLETE and held is not None and bool(held.missing))
    if held is None or held.latest or not good:
        return found
    if not held.missing:
        return replace(found, verdict=Verdict.INCOMPLETE, reasons=(Missing(STAMP_MISSING),))
    text = ONE_MISSING if len(held.missing) == 1 else MISSING
    return replace(found, verdict=Verdict.INCOMPLETE, reasons=(Missing(text, params={"names": ", ".join(held.missing)}),))


def _gathered(document: EnvelopeDocument, request: ProviderRequest, found: Verification) -> Known:
    """A document an outside provider had signed: everybody signed in its last state, and before it those its certificates name."""
    people = document.envelope.signatories
    states = {found.sha256, *found.states}
    latest = document.current_sha256 in states
    reached = max((one.number for one in document.revisions if one.sha256 in states), default=0)
    there = {one.signatory_id for one in document.revisions if one.number <= reached}
    lacking = [] if latest else [one for one in people if one.id not in there]
    return Known(
        kind=document.kind,
        sent_at=document.envelope.sent_at,
        signed=len(people) - len(lacking),
        expected=len(people),
        missing=tuple(one.organisation for one in lacking),
        exact=found.sha256 in {document.original_sha256, *(one.sha256 for one in document.revisions)},
        latest=latest,
        status=document.envelope.status,
        gathered_by=request.provider,
        claim=request.level,
        places=frozenset(one.field for one in people),
    )


def _has_signed(signatory: Signatory) -> bool:
    """Whose signature a newer file bears: one that lacks in this one."""
    return signatory.status == SignatoryStatus.signed


def _document(work: Work, digests: Sequence[str]) -> EnvelopeDocument | None:
    """The newest document any of these is a state of, the last states first."""
    query = select(SealedRevision).where(SealedRevision.sha256.in_(digests)).order_by(SealedRevision.id.desc()).limit(1)
    revision = work.session.scalar(query)
    if revision is not None:
        return revision.document
    whole = digests[0]
    unsigned = select(EnvelopeDocument).where(or_(EnvelopeDocument.original_sha256 == whole, EnvelopeDocument.current_sha256 == whole))
    return work.session.scalar(unsigned.order_by(EnvelopeDocument.id.desc()).limit(1))
