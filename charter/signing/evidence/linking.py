"""From word to signature, live: the articles of a charter sent to be signed, hashed anew in the very file that bears the signatures."""

from __future__ import annotations

from charter.adapters.signer import Seal, seals_of
from charter.alliances.models import Alliance, Party
from charter.contracts.models import CHARTER, Contract
from charter.signing.evidence import words
from charter.signing.evidence.carried import carried
from charter.signing.evidence.plain import Data, instant
from charter.signing.models import Envelope, Signatory
from charter.signing.services.documents import describe, document_of
from charter.signing.services.envelopes import open_to
from charter.work import Work
from workflows.signing import EnvelopeStatus


def linked(work: Work, envelope: Envelope) -> Data:
    """As `words.complete` leaves the charter, in the current language, and: `signed` (by all), `file_sha256` of the file looked at,
    `signatures` over these words (name, organisation, at), oldest first. Raises NotFound when the envelope has no charter."""
    document = document_of(envelope, CHARTER)
    pdf = work.storage.get(document.current_sha256)
    told = words.of(work, envelope)
    done = envelope.status == EnvelopeStatus.completed
    words.complete(told, describe(document).name, carried(pdf), signed=done, zone=envelope.alliance.zone)
    people = {one.field: one for one in envelope.signatories}
    signatures = [_signature(seal, people[seal.field]) for seal in seals_of(pdf) if seal.field in people]
    return {**told, "signed": done, "file_sha256": document.current_sha256, "signatures": signatures}


def envelope_of_text(work: Work, alliance: Alliance, party: Party | None, text_ref: str = "") -> Envelope | None:
    """The envelope open to `party` in which that charter was signed, else is to be; of any charter when `text_ref` is empty."""
    query = open_to(alliance, party).order_by(Envelope.id.desc())
    if text_ref:
        query = query.join(Contract, Contract.id == Envelope.contract_id).where(Contract.text_ref == text_ref)
    found = list(work.session.scalars(query))
    return next((one for one in found if one.status == EnvelopeStatus.completed), found[0] if found else None)


def _signature(seal: Seal, one: Signatory) -> Data:
    return {"name": one.name, "organisation": one.organisation, "at": instant(seal.token.time) if seal.token else "", "covers": seal.covers}
