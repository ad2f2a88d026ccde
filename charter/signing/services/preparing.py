"""An envelope before it leaves: opened when the contract is frozen, prepared, sent."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from charter.alliances.announce import announce, leading_party
from charter.alliances.models import Alliance, Member, Party
from charter.contracts import services as contracts
from charter.contracts.models import CONTRACT
from charter.errors import Invalid, NotFound, Refused
from charter.i18n import gettext
from charter.signing.models import Envelope, EnvelopeDocument, Signatory
from charter.signing.provider import services as provider
from charter.signing.services.envelopes import facts, held, may_sign, signable, signature_field, today
from charter.signing.services.turns import approver_of
from charter.work import Work
from workflows.base import N_, Missing, fire
from workflows.events import DelegationEnded, EnvelopeSent
from workflows.proposals import PartyStatus
from workflows.signing import EnvelopeChart, EnvelopeStatus

USUAL_DELAY = timedelta(days=30)
LONGEST_DELAY = timedelta(days=150)
"""A one-time certificate outlives the envelope it was made for (charter.adapters.signer.authority.ONE_TIME_VALIDITY)."""
OTHER_PRINTED = N_(
    "Les documents figés nomment %(who)s pour signer au nom de %(party)s. Pour qu’une autre personne signe, ou en une autre qualité, "
    "revenez au contrat sans envoyer, donnez à elle seule le rôle de représentant habilité, puis refaites les documents."
)


def open_envelope(work: Work, alliance: Alliance, contract_id: int) -> Envelope:
    """A draft envelope over the frozen documents of a contract, each accepted party's first signatory named.

    The same one when called again.
    """
    found = work.session.scalar(select(Envelope).where(Envelope.contract_id == contract_id))
    if found is not None:
        return found
    envelope = work.add(Envelope(alliance=alliance, contract_id=contract_id, created_at=work.now()))
    envelope.deadline = today(work, alliance) + USUAL_DELAY
    for position, document in enumerate(contracts.frozen_documents(work, alliance)):
        row = EnvelopeDocument(
            envelope=envelope,
            document_id=document.id,
            kind=document.kind,
            title=document.title,
            pages=document.pages,
            position=position,
            original_sha256=document.sha256,
            current_sha256=document.sha256,
        )
        work.session.add(row)
    for party in alliance.accepted_parties:
        if party.signatories:
            _name(work, envelope, party, party.signatories[0], party.signatories[0].title)
    work.session.flush()
    work.session.refresh(envelope)
    return envelope


def choose_signatory(work: Work, envelope: Envelope, party: Party, member_id: int, title: str = "") -> Signatory:
    """Names who signs for `party`, in what capacity (« présidente »; empty keeps the member's own).

    Raises Invalid (member, title), NotFound when the party is not in, Refused once the envelope is sent, or when the frozen documents
    print somebody else's name or another capacity: they can only be made again.
    """
    alliance = held(work, envelope)
    check_draft(envelope)
    if party.alliance_id != envelope.alliance_id or party.status != PartyStatus.accepted:
        raise NotFound
    member = next((one for one in party.signatories if one.id == member_id), None)
    if member is None:
        raise Invalid({"member": [gettext(N_("Choisissez une personne habilitée à signer pour %(party)s"), party=party.name)]})
    capacity = " ".join(title.split()) or member.title
    if not 2 <= len(capacity) <= 120:
        raise Invalid(
            {"title": [gettext(N_("Indiquez la qualité de cette personne, par exemple « présidente » (120 caractères au plus)"))]}
        )
    _as_printed(envelope, party, member.person.display_name, capacity)
    approver = approver_of(envelope, party.id)
    if approver is not None and approver.person_id == member.person_id:
        raise Invalid({"member": [gettext(N_("Cette personne doit donner son visa : elle ne peut pas signer aussi"))]})
    former = next((one for one in envelope.signatories if one.party_id == party.id and one.delegate_of), None)
    if former is not None and former.person_id != member.person_id:
        told = DelegationEnded(
            envelope=envelope.ref, signatory=former.ref, party=party.ref, holder=str(member.person_id), former=str(former.person_id)
        )
        announce(work, alliance, told)
    return _name(work, envelope, party, member, capacity)


def set_deadline(work: Work, envelope: Envelope, deadline: date) -> None:
    """The day by which signatures are hoped for. Raises Invalid (deadline), Refused once the envelope is sent."""
    alliance = held(work, envelope)
    check_draft(envelope)
    first = today(work, alliance)
    if not first < deadline <= first + LONGEST_DELAY:
        message = gettext(N_("Choisissez une date après aujourd’hui et dans les %(days)s jours"), days=LONGEST_DELAY.days)
        raise Invalid({"deadline": [message]})
    envelope.deadline = deadline
    work.session.flush()


def send(work: Work, envelope: Envelope) -> None:
    """Sends the envelope to its signatories; from now on nothing in it changes (promise 4).

    Raises Refused (one lost the role, the deadline is over), Blocked (who has not named a signatory, whose deliberation lacks), NotNow when
    it was sent already.
    """
    alliance = held(work, envelope)
    signable(envelope)
    _still_ahead(work, alliance, envelope)
    _still_entitled(envelope)
    for one in envelope.signatories:
        _as_printed(envelope, one.party, *one.printed)
    provider.ready(work, envelope)
    fire(EnvelopeChart, envelope, "send", facts(envelope))
    envelope.sent_at = work.now()
    refs = tuple(one.ref for one in envelope.signatories)
    announce(work, alliance, EnvelopeSent(envelope=envelope.ref, documents=envelope.fingerprints, signatories=refs))


def _name(work: Work, envelope: Envelope, party: Party, member: Member, title: str) -> Signatory:
    found = next((one for one in envelope.signatories if one.party_id == party.id), None)
    if found is None:
        position = envelope.alliance.accepted_parties.index(party)
        last = max((one.rank for one in envelope.signatories), default=1)
        found = Signatory(envelope=envelope, party=party, position=position, field=signature_field(party), rank=last)
    found.person, found.name, found.email = member.person, member.person.display_name, member.person.email
    found.title, found.organisation = title, party.name
    found.holder_id, found.delegate_of, found.delegate_of_title = None, "", ""
    return work.add(found)


def _as_printed(envelope: Envelope, party: Party, name: str, title: str) -> None:
    """Who signs is who the frozen documents name: a text that names one person and bears the signature of another invites dispute."""
    blocks = envelope.contract.assembled.get(CONTRACT, {}).get("signatures", [])
    printed = next((block for block in blocks if block["field"] == signature_field(party)), None)
    if printed is None or (printed["name"], printed["capacity"]) == (name, title):
        return
    who = ", ".join(part for part in (printed["name"], printed["capacity"]) if part)
    raise Refused(OTHER_PRINTED, who=who, party=party.name)


def check_draft(envelope: Envelope) -> None:
    """Raises Refused once the envelope is sent."""
    if envelope.status != EnvelopeStatus.draft:
        raise Refused(N_("L’envoi à la signature a déjà eu lieu : rien n’y change plus. Pour changer quelque chose, annulez l’envoi."))


def _still_ahead(work: Work, alliance: Alliance, envelope: Envelope) -> None:
    """A deadline set when the contract was frozen may be over by the time the documents leave."""
    if envelope.status == EnvelopeStatus.draft and envelope.deadline is not None and envelope.deadline < today(work, alliance):
        leader = leading_party(alliance)
        text, params = N_("L’échéance des signatures, le %(day)s, est passée : choisissez-en une autre"), {"day": envelope.deadline}
        raise Refused(missing=[Missing(text, who=(leader.name,) if leader else (), params=params)])


def _still_entitled(envelope: Envelope) -> None:
    """A signatory chosen days ago may have lost the role since."""
    lost = [one for one in envelope.signatories if not may_sign(one)]
    if lost:
        text = N_("%(name)s n’est plus une personne habilitée à signer pour %(party)s : choisissez-en une autre")
        raise Refused(
            missing=[Missing(text, who=(one.organisation,), params={"name": one.name, "party": one.organisation}) for one in lost]
        )
