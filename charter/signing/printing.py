"""The evidence file as a PDF: the data of preuve.json laid out for people, with preuve.json and the journal attached."""

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
from charter.i18n import format_date, format_datetime, gettext, speaking
from charter.journal import services as journal
from charter.signing.evidence import TOLD, canonical, gather
from charter.signing.models import Envelope
from charter.work import Work
from workflows.base import N_

JOURNAL, JSON = "journal.jsonl", "preuve.json"
STEPS: Mapping[str, str] = {
    "opened": N_("Documents lus"),
    "code_sent": N_("Code envoyé"),
    "code_wrong": N_("Code refusé"),
    "code_right": N_("Identité vérifiée par le code"),
    "confirmed": N_("Consentement donné"),
    "sealed": N_("Signature apposée"),
    "seal_failed": N_("Signature non apposée"),
    "reminded": N_("Relance envoyée"),
}


@dataclass(frozen=True)
class EvidenceOrder:
    """What the evidence is made from, read in one transaction: preuve.json, the whole journal, and what the PDF's template shows."""

    json: bytes
    journal: bytes
    document: dict[str, Any]
    created: datetime


def order(work: Work, envelope: Envelope) -> EvidenceOrder:
    """Reads everything, at one instant."""
    told = gather(work, envelope)
    lines = ("\n".join(journal.lines(work, envelope.alliance_id)) + "\n").encode()
    with speaking("fr"):
        return EvidenceOrder(canonical(told), lines, _document(work, envelope, told), work.now())


def render(settings: Settings, asked: EvidenceOrder) -> bytes:
    """preuve.pdf. Raises RenderFailed, RenderTooBig."""
    attachments = (
        Attachment(JSON, asked.json, gettext(N_("Le dossier de preuve, lisible par un programme")), "Source"),
        Attachment(JOURNAL, asked.journal, gettext(N_("Le journal de l’alliance"))),
    )
    with speaking("fr"):
        html = environment().get_template("evidence.html").render(document=asked.document)
    title = f"{asked.document['title']} · {asked.document['alliance']}"
    return pdf_engine(settings).render(Rendering(html=html, title=title, created=asked.created, attachments=attachments))


def _document(work: Work, envelope: Envelope, told: dict[str, Any]) -> dict[str, Any]:
    alliance = envelope.alliance
    reading = envelope.contract.assembled[CHARTER]
    return {
        "lang": "fr",
        "title": gettext(N_("Dossier de preuve")),
        "alliance": alliance.title,
        "reference": envelope.ref,
        "purpose": "",
        "draft": False,
        "parties": reading["parties"],
        "facilitator": reading["facilitator"],
        "made_at": work.now(),
        "level_statement": _statement(told),
        "proves": told["proves"],
        "does_not_prove": told["does_not_prove"],
        "files": [{**_pick(one), "size": _size(one["size"]), "sha256": one["signed_sha256"]} for one in told["documents"]],
        "signatories": [_person(one, told) for one in told["signatories"]],
        "events": _events(work, envelope),
        "journal_head": told["journal"]["head"],
        "journal_name": JOURNAL,
        "verify_url": f"{work.settings.public_url}/verifier",
    }


def _pick(document: dict[str, Any]) -> dict[str, Any]:
    return {name: document[name] for name in ("title", "name", "pages")}


def _size(octets: int) -> str:
    return gettext(N_("%(n)s ko"), n=max(1, round(octets / 1024)))


def _statement(told: dict[str, Any]) -> str:
    law = gettext(N_("Les signatures sont électroniques au sens des articles 1366 et 1367 du code civil."))
    return f"{law} {told['level']['label']}."


def _person(person: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    facts = []
    if person["deliberation"]:
        day = datetime.fromisoformat(person["deliberation"]["date"]).date()
        words = gettext(N_("n° %(number)s du %(day)s"), number=person["deliberation"]["number"], day=format_date(day))
        facts.append(_fact(gettext(N_("Délibération")), text=words))
    facts += [_step(step) for step in person["steps"]]
    facts.append(_fact(gettext(N_("Consentement, mot pour mot")), text=person["consent_sentence"]))
    for document in told["documents"]:
        facts += [fact for one in document["revisions"] if one["field"] == person["field"] for fact in _seal(document, one)]
    return {**{name: person[name] for name in ("name", "organisation", "email")}, "capacity": person["capacity"], "facts": facts}


def _seal(document: dict[str, Any], revision: dict[str, Any]) -> list[dict[str, Any]]:
    title = document["title"]
    return [
        _fact(gettext(N_("%(title)s : horodatage"), title=title), at=datetime.fromisoformat(revision["timestamp"])),
        _fact(gettext(N_("%(title)s : niveau"), title=title), text=revision["level"]),
        _fact(gettext(N_("%(title)s : certificat n°"), title=title), code=revision["certificate"]["serial"]),
        _fact(gettext(N_("%(title)s : empreinte du certificat"), title=title), code=revision["certificate"]["sha256"]),
        _fact(gettext(N_("%(title)s : empreinte après signature"), title=title), code=revision["sha256"]),
    ]


def _step(step: dict[str, str]) -> dict[str, Any]:
    parts = [format_datetime(datetime.fromisoformat(step["at"]))]
    if step["detail"]:
        parts.append(step["detail"])
    if step["address"]:
        parts.append(gettext(N_("adresse %(address)s"), address=step["address"]))
    if step["browser"]:
        parts.append(step["browser"])
    return _fact(gettext(STEPS.get(step["kind"], step["kind"])), text=" · ".join(parts))


def _fact(label: str, *, text: str = "", at: datetime | None = None, code: str = "") -> dict[str, Any]:
    return {"label": label, "text": text, "at": at, "code": code}


def _events(work: Work, envelope: Envelope) -> list[dict[str, Any]]:
    names = {party.ref: party.name for party in envelope.alliance.parties}
    return [
        {"sequence": fact.seq, "at": fact.at, "what": fact_label(fact, names), "who": fact.actor["name"]}
        for fact in journal.facts(work, envelope.alliance_id)
        if fact.type.startswith(TOLD)
    ]
