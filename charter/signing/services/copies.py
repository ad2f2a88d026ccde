"""Copies of the signed documents for people who take no part: asked for by a party until everybody has signed, sent then, by mail."""

from __future__ import annotations

from datetime import datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select

from charter.accounts.models import Person
from charter.accounts.services import clean_email
from charter.adapters import mail
from charter.alliances.announce import announce
from charter.alliances.models import Alliance, Party
from charter.errors import Gone, Invalid, NotFound, Refused
from charter.i18n import gettext
from charter.signing.models import CopyRecipient, Envelope
from charter.signing.services.envelopes import held
from charter.work import Work
from workflows.base import N_
from workflows.events import CopyAsked, CopyRemoved
from workflows.proposals import PartyStatus
from workflows.signing import EnvelopeStatus

MOST_A_PARTY = 10
LINK_LIFE = timedelta(days=90)
"""How long the files of a mail too heavy to carry them may be fetched, counted from the last signature."""
LIVE = (EnvelopeStatus.draft, EnvelopeStatus.sent)


def copies_of(work: Work, envelope: Envelope) -> list[CopyRecipient]:
    """Those who are to get a copy, or got one, in the order they were asked for."""
    return list(work.session.scalars(select(CopyRecipient).where(CopyRecipient.envelope_id == envelope.id).order_by(CopyRecipient.id)))


def ask_copy(work: Work, envelope: Envelope, party: Party, asker: Person, name: str, email: str) -> CopyRecipient:
    """`party` wants somebody to get a copy once everybody has signed; nothing is sent before.

    Raises Invalid (name, email), Refused once the envelope is over or after MOST_A_PARTY, NotFound when the party is not in.
    """
    alliance = held(work, envelope)
    _still_open(envelope)
    if party.alliance_id != envelope.alliance_id or party.status != PartyStatus.accepted:
        raise NotFound
    asked = copies_of(work, envelope)
    if sum(one.party_id == party.id for one in asked) >= MOST_A_PARTY:
        text = N_("%(party)s a déjà désigné %(n)s destinataires : retirez-en un pour en ajouter un autre.")
        raise Refused(text, party=party.name, n=MOST_A_PARTY)
    clean, address = _checked(envelope, name, email, asked)
    made = work.add(
        CopyRecipient(envelope=envelope, party=party, asker_id=asker.id, asker=asker, name=clean, email=address, asked_at=work.now())
    )
    announce(work, alliance, CopyAsked(envelope=envelope.ref, party=party.ref, copy=made.ref))
    return made


def remove_copy(work: Work, envelope: Envelope, party: Party, ref: str) -> None:
    """That person gets no copy after all. Raises NotFound, Refused once the envelope is over."""
    alliance = held(work, envelope)
    _still_open(envelope)
    found = next((one for one in copies_of(work, envelope) if one.ref == ref and one.party_id == party.id), None)
    if found is None:
        raise NotFound
    work.session.delete(found)
    announce(work, alliance, CopyRemoved(envelope=envelope.ref, party=party.ref, copy=ref))


def holders(envelope: Envelope) -> list[Person]:
    """Those a copy is owed to (code civil, article 1375): members of every party the documents name, even one that has left since;
    whoever signed, even no longer a member; and the facilitators."""
    parties = {one.party_id: one.party for one in envelope.signatories}
    members = [member.person for party in parties.values() for member in party.members if member.is_active]
    signed = [one.person for one in envelope.signatories]
    helping = [one.person for one in envelope.alliance.facilitators if one.ended_at is None]
    return list({person.id: person for person in (*members, *signed, *helping)}.values())


def send_copies(work: Work, alliance: Alliance, envelope: Envelope) -> None:
    """Everybody signed: the mails of the copies asked for, one an address; none to those a copy is owed to anyway."""
    told = {person.email for person in holders(envelope)}
    for one in copies_of(work, envelope):
        if one.email not in told:
            told.add(one.email)
            mail.post(work, "signing.copy", to=one.email, subject=f"copy:{one.id}", alliance_id=alliance.id, copy_id=one.id)
            one.sent_at = work.now()
    work.session.flush()


def copy_token(work: Work, copy: CopyRecipient) -> str:
    """What the address of a heavy copy carries: its reference, signed."""
    return str(_signer(work).dumps(copy.ref))


def copy_of(work: Work, token: str) -> CopyRecipient:
    """The copy behind an address that was mailed. Raises Gone when it was altered, removed or is too old."""
    try:
        ref = str(_signer(work).loads(token))
    except BadSignature as error:
        raise Gone(N_("Ce lien est incomplet ou a été modifié. Reprenez celui du courriel, en entier.")) from error
    found = work.session.scalar(select(CopyRecipient).where(CopyRecipient.ref == ref, CopyRecipient.sent_at.is_not(None)))
    if found is None or open_until(found) <= work.now():
        text = N_("Ce lien n’est plus ouvert : il l’est %(days)s jours. Demandez une copie à l’organisation qui vous l’a fait envoyer.")
        raise Gone(text, days=LINK_LIFE.days)
    return found


def open_until(copy: CopyRecipient) -> datetime:
    """When the address of a copy that was sent closes; when it was asked for, for one not sent."""
    return copy.sent_at + LINK_LIFE if copy.sent_at else copy.asked_at


def _checked(envelope: Envelope, name: str, email: str, asked: list[CopyRecipient]) -> tuple[str, str]:
    errors: dict[str, list[str]] = {}
    clean, address = " ".join(name.split()), ""
    if not 2 <= len(clean) <= 200:
        errors["name"] = [gettext(N_("Indiquez le prénom et le nom de cette personne"))]
    try:
        address = clean_email(email)
    except Invalid as error:
        errors.update({field: list(messages) for field, messages in error.fields.items()})
    if address in {one.email for one in asked}:
        errors["email"] = [gettext(N_("Une copie est déjà prévue pour cette adresse"))]
    elif address in {person.email for person in holders(envelope)}:
        errors["email"] = [gettext(N_("Cette personne prend part à l’alliance : elle recevra son exemplaire sans rien demander"))]
    if errors:
        raise Invalid(errors)
    return clean, address


def _still_open(envelope: Envelope) -> None:
    if envelope.status not in LIVE:
        raise Refused(N_("Les copies se demandent et se retirent jusqu’à la dernière signature : ces documents n’en sont plus là."))


def _signer(work: Work) -> URLSafeSerializer:
    return URLSafeSerializer(work.settings.secret_key, salt="signed-copy")
