"""A signatory whose role is taken back is asked nothing more: the party's referents are told that they must say who signs."""

from __future__ import annotations

from charter.accounts.models import Person
from charter.adapters import mail
from charter.adapters.mail import Mail, builder
from charter.alliances.announce import hears, leading_party
from charter.alliances.models import Alliance
from charter.journal.models import Fact
from charter.signing.letters import letter, page_url
from charter.signing.models import Signatory
from charter.signing.services.envelopes import current, departed
from charter.signing.services.inviting import invite
from charter.signing.services.turns import entitled
from charter.work import Work
from workflows.base import N_
from workflows.events import MemberAdded, MemberRolesChanged
from workflows.roles import Role
from workflows.signing import AWAITED, EnvelopeStatus

LIVE = (EnvelopeStatus.draft, EnvelopeStatus.sent)


@hears
def roles_changed(work: Work, alliance: Alliance, fact: Fact) -> None:
    """Somebody's roles changed: who signs may have lost theirs, or have it again."""
    if fact.type not in (MemberRolesChanged.type, MemberAdded.type):
        return
    envelope = current(work, alliance)
    if envelope is None or envelope.status not in LIVE:
        return
    for own in envelope.signatories:
        if str(own.person_id) == fact.payload["person"] and own.party.ref == fact.payload["party"] and _unentitled(own):
            _tell_referents(work, alliance, own, fact.seq)
    invite(work, envelope)


@builder("signing.unentitled")
def unentitled(work: Work, signatory_id: int, person_id: int, lost: int, alliance_id: int) -> Mail | None:
    """Who was to sign may not any more: say who does; nothing once that is settled. `lost`: whose role it was."""
    own, person = work.get(Signatory, signatory_id), work.get(Person, person_id)
    envelope = own.envelope
    if own.person_id != lost or envelope.status not in LIVE or departed(envelope) or not _unentitled(own):
        return None
    alliance = envelope.alliance
    path = "/signature" if envelope.status == EnvelopeStatus.sent else "/signature/preparation"
    values = {"url": page_url(work, alliance, path), "signer": own.name, "party": own.organisation}
    return letter(work, person, alliance, "unentitled", N_("Qui signe pour %(party)s ? %(title)s"), values)


def _unentitled(own: Signatory) -> bool:
    return own.status in AWAITED and not entitled(own)


def _tell_referents(work: Work, alliance: Alliance, own: Signatory, seq: int) -> None:
    leading = leading_party(alliance)  # who can still act when the party has no referent left
    for one in own.party.members_with(Role.referent) or (leading.members_with(Role.referent) if leading else []):
        told = {"signatory_id": own.id, "person_id": one.person_id, "lost": own.person_id}
        subject = f"signatory:{own.id}:unentitled:{seq}"
        mail.post(work, "signing.unentitled", to=one.person.email, subject=subject, alliance_id=alliance.id, **told)
