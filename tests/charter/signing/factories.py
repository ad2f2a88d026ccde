"""An alliance whose contract is frozen, its documents small real PDFs, and the ways its people go through the ceremony."""

from __future__ import annotations

import io
import re
from datetime import date
from email.message import EmailMessage

import pikepdf

from charter.accounts.services import actor_of
from charter.alliances.announce import announce
from charter.alliances.models import Alliance
from charter.contracts import services as contracts
from charter.contracts.documents import ARTICLES_FILE, charter_articles, field_of
from charter.contracts.models import Contract, Document
from charter.drafting.services import adopted as adopted_charter
from charter.signing import services
from charter.signing.models import Code, Envelope, Signatory
from charter.signing.services import signature_field
from charter.work import Actor, Work
from tests import factories as kernel
from tests.charter.adapters.signer_samples import draft
from tests.charter.drafting import factories as drafting
from workflows.contracts import ContractStatus
from workflows.events import ContractFrozen

NAMES = ("Amina Benali", "Paul Étienne", "Zoé Nguyen")
TITLES = ("présidente", "directeur général", "présidente du conseil départemental")
BROWSER = "Mozilla/5.0 (exemple)"
ADDRESS = "192.0.2.7"
KINDS = (("charter", "Charte du faire alliance"), ("contract", "Contrat d’alliance"))


def frozen(work: Work, *, deliberated: bool = True) -> Alliance:
    """An alliance at the signature, with a draft envelope: three named people, a charter and a contract."""
    alliance = drafting.adopted(work, kernel.DEFAULT_KINDS)
    for party, name, title in zip(alliance.parties, NAMES, TITLES, strict=True):
        party.members[0].person.name, party.members[0].title = name, title
        if deliberated and party.organisation.kind == "local_authority":
            party.deliberation_number, party.deliberation_date = "2026-014", date(2026, 2, 12)
    contract = contracts.contract_of(work, alliance)
    contract.status, contract.frozen_at = ContractStatus.frozen, work.now()
    contract.assembled = _assembled(work, alliance)
    documents = [_document(work, alliance, contract, position, *kind) for position, kind in enumerate(KINDS)]
    announce(work, alliance, ContractFrozen(contract=contract.ref, version=1, documents=tuple(one.sha256 for one in documents)))
    return alliance


def envelope(work: Work, *, deliberated: bool = True) -> Envelope:
    """The draft envelope of a new alliance."""
    return services.the_current(work, frozen(work, deliberated=deliberated))


def sent(work: Work) -> Envelope:
    """An envelope sent by the leading party."""
    made = envelope(work)
    services.send(work.by(leader(made)), made)
    return made


def leader(of: Envelope) -> Actor:
    """Who leads: the first party's speaker."""
    return actor_of(kernel.speaker(of.alliance.parties[0]))


def acting(work: Work, signatory: Signatory) -> Work:
    """The same work, acted in by the signatory."""
    return work.by(actor_of(signatory.person))


def code_of(work: Work, signatory: Signatory) -> str:
    """The code last sent."""
    last = work.session.query(Code).filter_by(signatory_id=signatory.id).order_by(Code.id.desc()).first()
    assert last is not None
    return services.digits(work, last)


def words_of(message: EmailMessage) -> str:
    """The mail's text part."""
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def mailed_code(message: EmailMessage) -> str:
    """The code as the mail says it."""
    found = re.search(r"\b(\d{3})\s?(\d{3})\b", words_of(message))
    assert found
    return found.group(1) + found.group(2)


def identify(work: Work, signatory: Signatory) -> None:
    """Reads and identifies."""
    here = acting(work, signatory)
    services.open_documents(here, signatory, ADDRESS, BROWSER)
    services.send_code(here, signatory, ADDRESS, BROWSER)
    services.identify(here, signatory, code_of(work, signatory), ADDRESS, BROWSER)


def sign(work: Work, signatory: Signatory) -> None:
    """The whole ceremony of one person, up to the seal, which is left to the outbox."""
    identify(work, signatory)
    services.confirm(acting(work, signatory), signatory, services.sentence(signatory), ADDRESS, BROWSER)


def _document(work: Work, alliance: Alliance, contract: Contract, position: int, kind: str, title: str) -> Document:
    pdf = draft(*(signature_field(party) for party in alliance.parties), text=f"{kind}: les parties font alliance.")
    if kind == "charter":
        pdf = carrying(pdf, charter_articles({"version_number": 1, **contract.assembled["charter"]}))
    made = Document(
        alliance_id=alliance.id,
        contract=contract,
        kind=kind,
        position=position,
        title=title,
        version=1,
        sha256=work.storage.put(pdf),
        pages=1,
        size=len(pdf),
        created_at=work.now(),
    )
    work.add(made)
    return made


def carrying(pdf: bytes, articles: bytes) -> bytes:
    """The same with its articles attached, as a laid out charter has them."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.attachments[ARTICLES_FILE] = pikepdf.AttachedFileSpec(
            document, articles, filename=ARTICLES_FILE, description="", mime_type="application/json", creation_date="", mod_date=""
        )
        made = io.BytesIO()
        document.save(made, deterministic_id=True)
    return made.getvalue()


def _assembled(work: Work, alliance: Alliance) -> dict[str, object]:
    """What the contract's room keeps of the documents laid out."""
    adopted = adopted_charter(work, alliance)
    articles = [
        {"number": one.number, "title": one.title, "content": one.nodes, "hash": one.sha256, "reservations": []} for one in adopted.articles
    ]
    parties = [
        {"name": party.name, "kind": "", "short": "", "identity": "siège à Grenoble", "representative": None} for party in alliance.parties
    ]
    blocks = [
        {"field": field_of(party), "name": party.members[0].person.display_name, "capacity": party.members[0].title}
        for party in alliance.parties
    ]
    common: dict[str, object] = {
        "lang": "fr",
        "signatures": blocks,
        "alliance": alliance.title,
        "version": "version 1",
        "purpose": "",
        "parties": parties,
        "facilitator": None,
    }
    charter = {**common, "title": KINDS[0][1], "preamble": "", "articles": articles, "sha256": adopted.sha256}
    clauses = [{"title": "Le cadre de l’alliance", "clauses": articles}]
    contract = {**common, "title": KINDS[1][1], "recitals": "", "sections": clauses, "contributions": [], "annexes": []}
    return {"charter": charter, "contract": contract}
