"""The evidence file as a PDF: the data of preuve.json laid out for people, preuve.json and the journal attached, then certified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from charter.adapters.pdf import Attachment, Rendering
from charter.alliances.wording import fact_label
from charter.config import Settings
from charter.contracts.models import CHARTER
from charter.contracts.rendering import environment, pdf_engine
from charter.i18n import gettext, speaking
from charter.journal import services as journal
from charter.signing.evidence import files
from charter.signing.evidence.gathering import TOLD, Evidence, gather
from charter.signing.evidence.laid_out import laid_out
from charter.signing.evidence.plain import canonical
from charter.signing.models import Envelope, Signatory
from charter.signing.sealer import sealer
from charter.work import Engine, Work
from workflows.base import N_

JSON = "preuve.json"


@dataclass(frozen=True)
class EvidenceOrder:
    """What the evidence is made from, read in one transaction: what the database knows, and what only the printed one shows."""

    evidence: Evidence
    parties: list[dict[str, Any]]
    facilitator: dict[str, Any] | None
    events: list[dict[str, Any]]
    created: datetime


@dataclass(frozen=True)
class Made:
    """The evidence's two forms, preuve.json and preuve.pdf: the same data. `files`: those it names and that were made with it."""

    json: bytes
    pdf: bytes
    files: tuple[bytes, ...]


def order(work: Work, envelope: Envelope, only: Signatory | None = None) -> EvidenceOrder:
    """Reads everything, at one instant; of one signatory when `only`."""
    reading = envelope.contract.assembled[CHARTER]
    with speaking("fr"):
        shown = _events(work, envelope, only)
    return EvidenceOrder(gather(work, envelope, only), reading["parties"], reading["facilitator"], shown, work.now())


def make(engine: Engine, asked: EvidenceOrder) -> Made:
    """Both forms; the PDF certified and timestamped by the service as the documents are, so that no byte of it changes unseen.

    Raises RenderFailed, RenderTooBig, SignerUnavailable, OSError (storage).
    """
    using = sealer(engine.settings, engine.clock.now())
    found = files.complete(asked.evidence, engine.storage, using.trust(asked.created), using.timestamps.address)
    data = canonical(found.told)
    drawn = render(engine.settings, asked, found, data)
    with speaking("fr"):
        reason = gettext(N_("Certifié par la plateforme : ce dossier est tel qu’elle l’a établi"))
    when = engine.clock.now()
    certified = using.service.certify(drawn, when=when, reason=reason)
    return Made(data, using.service.extend(certified.pdf, when=when), tuple(found.small.values()))


def render(settings: Settings, asked: EvidenceOrder, found: files.Complete, data: bytes) -> bytes:
    """The PDF before it is certified. Raises RenderFailed, RenderTooBig."""
    with speaking("fr"):
        attachments = (
            Attachment(JSON, data, gettext(N_("Le dossier de preuve, lisible par un programme")), "Source"),
            Attachment(files.JOURNAL, asked.evidence.journal, gettext(N_("Le journal de l’alliance"))),
        )
        document = {
            **laid_out(found.told, f"{settings.public_url}/verifier"),
            "parties": asked.parties,
            "facilitator": asked.facilitator,
            "events": asked.events,
            "made_at": asked.created,
        }
        html = environment().get_template("evidence.html").render(document=document)
    title = f"{document['title']} · {document['alliance']}"
    return pdf_engine(settings).render(Rendering(html=html, title=title, created=asked.created, attachments=attachments))


def _events(work: Work, envelope: Envelope, only: Signatory | None) -> list[dict[str, Any]]:
    names: Mapping[str, str] = {party.ref: party.name for party in envelope.alliance.parties}
    mine = {"", only.ref} if only else set()
    return [
        {"sequence": fact.seq, "at": fact.at, "what": fact_label(fact, names), "who": fact.actor["name"]}
        for fact in journal.facts(work, envelope.alliance_id)
        if fact.type.startswith(TOLD) and (only is None or fact.payload.get("signatory", "") in mine)
    ]
