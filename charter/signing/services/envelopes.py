"""An envelope before it leaves: opened when the contract is frozen, prepared, sent; and how it ends without being signed."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from charter.adapters import mail
from charter.alliances.announce import announce, leading_party
from charter.alliances.models import Alliance, Member, OrganisationKind, Party
from charter.alliances.services import hold
from charter.contracts import services as contracts
from charter.contracts.models import CONTRACT
from charter.errors import Invalid, NotFound, Refused, TooMany
from charter.i18n import gettext
from charter.signing.models import Envelope, EnvelopeDocument, Signatory, SigningStep
from charter.work import Work
from workflows.base import N_, Missing, fire, possible
from workflows.events import EnvelopeSent, EnvelopeVoided, ReminderSent
from workflows.proposals import PartyStatus
from workflows.roles import Role
from workflows.signing import EnvelopeChart, EnvelopeFacts, EnvelopeStatus, SignatoryFacts, SignatoryStatus, nobody_left

USUAL_DELAY = timedelta(days=30)
LONGEST_DELAY = timedelta(days=150)
"""A one-time certificate outlives the envelope it was made for (charter.adapters.signer.authority.ONE_TIME_VALIDITY)."""
AWAITED = (SignatoryStatus.waiting, SignatoryStatus.opened, SignatoryStatus.identifying)
UNSIGNABLE = N_("Ces documents ne peuvent plus être signés tels quels.")
OTHER_PRINTED = N_(
    "Les documents figés nomment %(who)s pour signer au nom de %(party)s. Pour qu’une autre personne signe, ou en une autre qualité, "
    "revenez au contrat sans envoyer, donnez à elle seule le rôle de représentant habilité, puis refaites les documents."
)
LIVE = (EnvelopeStatus.draft, EnvelopeStatus.sent)


def signature_field(party: Party) -> str:
    """Name of the party's signature field in the documents."""
    return f"sig-{party.ref}"


def open_to(alliance: Alliance, party: Party | None) -> Select[Envelope]:
    """The alliance's envelopes `party` may see: all of them while it is in, those that name it once it has left. None: somebody whom no
    party limits (a facilitator, the application).
    """
    query = select(Envelope).where(Envelope.alliance_id == alliance.id)
    gone = party is not None and party.status != PartyStatus.accepted
    return query.where(Envelope.signatories.any(Signatory.party == party)) if gone else query


def current(work: Work, alliance: Alliance, party: Party | None = None) -> Envelope | None:
    """The newest envelope open to `party`, whatever its status, with its documents and signatories; None before the first."""
    query = open_to(alliance, party).order_by(Envelope.id.desc()).limit(1)
    return work.session.scalar(
        query.options(selectinload(Envelope.documents), selectinload(Envelope.signatories).selectinload(Signatory.party))
    )


def the_current(work: Work, alliance: Alliance, party: Party | None = None) -> Envelope:
    """The same. Raises NotFound before the first."""
    found = current(work, alliance, party)
    if found is None:
        raise NotFound(N_("Rien n’est encore à signer : le contrat doit d’abord être figé."))
    return found


def by_ref(work: Work, alliance: Alliance, ref: str, party: Party | None = None) -> Envelope:
    """The alliance's envelope with that reference, if open to `party`. Raises NotFound."""
    found = work.session.scalar(open_to(alliance, party).where(Envelope.ref == ref))
    if found is None:
        raise NotFound
    return found


def signatory_of(envelope: Envelope, ref: str) -> Signatory:
    """The envelope's signatory with that reference. Raises NotFound."""
    found = next((one for one in envelope.signatories if one.ref == ref), None)
    if found is None:
        raise NotFound
    return found


def held(work: Work, envelope: Envelope) -> Alliance:
    """Takes the alliance's lock and reads the envelope and its signatories afresh under it."""
    alliance = hold(work, envelope.alliance)
    work.session.refresh(envelope)
    for signatory in envelope.signatories:
        work.session.refresh(signatory)
    return alliance


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
    held(work, envelope)
    _still_draft(envelope)
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
    return _name(work, envelope, party, member, capacity)


def set_deadline(work: Work, envelope: Envelope, deadline: date) -> None:
    """The day by which signatures are hoped for. Raises Invalid (deadline), Refused once the envelope is sent."""
    alliance = held(work, envelope)
    _still_draft(envelope)
    first = today(work, alliance)
    if not first < deadline <= first + LONGEST_DELAY:
        message = gettext(N_("Choisissez une date après aujourd’hui et dans les %(days)s jours"), days=LONGEST_DELAY.days)
        raise Invalid({"deadline": [message]})
    envelope.deadline = deadline
    work.session.flush()


def facts(envelope: Envelope) -> EnvelopeFacts:
    """What the guards look at. Parties are those in the alliance today; a signatory whose party left counts no more."""
    parties = envelope.alliance.accepted_parties
    named = [one for one in envelope.signatories if one.party in parties]
    told = tuple(SignatoryFacts(one.name, one.party.name, one.status, str(one.person_id)) for one in named)
    undeliberated = tuple(party.name for party in parties if must_deliberate(party) and not deliberated(party))
    leader = leading_party(envelope.alliance)
    names = tuple(party.name for party in parties)
    return EnvelopeFacts(names, told, undeliberated, tuple(departed(envelope)), leader.name if leader else "")


def must_deliberate(party: Party) -> bool:
    """True for a local authority, whose assembly allows its executive to sign (code général des collectivités territoriales)."""
    return party.organisation.kind == OrganisationKind.local_authority


def deliberated(party: Party) -> bool:
    """True when the deliberation's number and date are known."""
    return bool(party.deliberation_number and party.deliberation_date)


def departed(envelope: Envelope) -> list[str]:
    """Organisations named in the documents that have left the alliance since: the envelope can then only be taken back."""
    return [one.organisation for one in envelope.signatories if one.party.status != PartyStatus.accepted]


def send(work: Work, envelope: Envelope) -> None:
    """Sends the envelope to its signatories; from now on nothing in it changes (promise 4).

    Raises Refused, Blocked (who has not named a signatory, whose deliberation lacks), NotNow when it was sent already.
    """
    alliance = held(work, envelope)
    signable(envelope)
    _still_entitled(envelope)
    for one in envelope.signatories:
        _as_printed(envelope, one.party, one.name, one.title)
    fire(EnvelopeChart, envelope, "send", facts(envelope))
    envelope.sent_at = work.now()
    refs = tuple(one.ref for one in envelope.signatories)
    announce(work, alliance, EnvelopeSent(envelope=envelope.ref, documents=envelope.fingerprints, signatories=refs))


def void(work: Work, envelope: Envelope, reason: str) -> None:
    """The leaders take the envelope back; the alliance returns to the contract. Raises Invalid (reason), NotNow when it is over."""
    alliance = held(work, envelope)
    if len(reason.strip()) < 3:
        raise Invalid({"reason": [gettext(N_("Dites en quelques mots pourquoi vous annulez l’envoi"))]})
    _end(work, envelope, reason)
    announce(work, alliance, EnvelopeVoided(envelope=envelope.ref, reason=reason.strip()))


def withdraw(work: Work, alliance: Alliance, reason: str) -> None:
    """Ends the live envelope of an alliance that was abandoned, telling nobody: the abandonment is told already."""
    envelope = current(work, alliance)
    if envelope is not None and envelope.status in LIVE:
        _end(work, envelope, reason)


def remind(work: Work, signatory: Signatory) -> None:
    """Reminds the signatory by mail, once a day at most. Raises TooMany the second time, Refused when nothing is awaited of them."""
    envelope = signatory.envelope
    alliance = held(work, envelope)
    if envelope.status != EnvelopeStatus.sent or signatory.status not in AWAITED:
        raise Refused(N_("Aucune signature n’est attendue de cette personne."))
    signable(envelope)
    zone = ZoneInfo(alliance.zone)
    morning = work.now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    due, subject = morning, f"signatory:{signatory.id}"
    row = mail.post(
        work, "signing.reminder", to=signatory.email, subject=subject, alliance_id=alliance.id, due_at=due, signatory_id=signatory.id
    )
    if row is None:
        raise TooMany(N_("%(name)s a déjà été relancé aujourd’hui : attendez demain."), retry_after=3600, name=signatory.name)
    work.session.add(SigningStep(signatory=signatory, kind="reminded", at=work.now()))
    told = ReminderSent(kind="signature", subject=signatory.ref, recipient=str(signatory.person_id), due=due.date().isoformat())
    announce(work, alliance, told)


def today(work: Work, alliance: Alliance) -> date:
    """The day it is in the alliance's zone."""
    return work.now().astimezone(ZoneInfo(alliance.zone)).date()


def _end(work: Work, envelope: Envelope, reason: str) -> None:
    fire(EnvelopeChart, envelope, "void")
    envelope.ended_at, envelope.end_reason = work.now(), reason.strip()
    work.session.flush()


def _name(work: Work, envelope: Envelope, party: Party, member: Member, title: str) -> Signatory:
    found = next((one for one in envelope.signatories if one.party_id == party.id), None)
    if found is None:
        position = envelope.alliance.accepted_parties.index(party)
        found = Signatory(envelope=envelope, party=party, position=position, field=signature_field(party))
    found.person, found.name, found.email = member.person, member.person.display_name, member.person.email
    found.title, found.organisation = title, party.name
    return work.add(found)


def _as_printed(envelope: Envelope, party: Party, name: str, title: str) -> None:
    """Who signs is who the frozen documents name: a text that names one person and bears the signature of another invites dispute."""
    blocks = envelope.contract.assembled.get(CONTRACT, {}).get("signatures", [])
    printed = next((block for block in blocks if block["field"] == signature_field(party)), None)
    if printed is None or (printed["name"], printed["capacity"]) == (name, title):
        return
    who = ", ".join(part for part in (printed["name"], printed["capacity"]) if part)
    raise Refused(OTHER_PRINTED, who=who, party=party.name)


def _still_draft(envelope: Envelope) -> None:
    if envelope.status != EnvelopeStatus.draft:
        raise Refused(N_("L’envoi à la signature a déjà eu lieu : rien n’y change plus. Pour changer quelque chose, annulez l’envoi."))


def signable(envelope: Envelope) -> None:
    """Raises Refused once a party named in the documents has left: they can only be taken back."""
    missing = list(nobody_left(facts(envelope)))
    if missing:
        raise Refused(UNSIGNABLE, missing)


def _still_entitled(envelope: Envelope) -> None:
    """A signatory chosen days ago may have lost the role since."""
    lost = [one for one in envelope.signatories if not may_sign(one)]
    if lost:
        text = N_("%(name)s n’est plus une personne habilitée à signer pour %(party)s : choisissez-en une autre")
        raise Refused(
            missing=[Missing(text, who=(one.organisation,), params={"name": one.name, "party": one.organisation}) for one in lost]
        )


def may_sign(signatory: Signatory) -> bool:
    """True while the person acts for the party as its signatory."""
    party = signatory.party
    return party.status == PartyStatus.accepted and any(one.person_id == signatory.person_id for one in party.members_with(Role.signatory))


def voidable(envelope: Envelope) -> bool:
    """True while the leaders may take it back."""
    return "void" in possible(EnvelopeChart, envelope)
