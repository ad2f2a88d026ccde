"""Visas: a party names somebody who approves the documents before its signatory signs."""

from __future__ import annotations

from charter.accounts.models import Person
from charter.alliances.announce import announce, leading_party
from charter.alliances.models import Alliance, Party
from charter.errors import Forbidden, Gone, Invalid, NotFound, Refused
from charter.i18n import gettext
from charter.signing.models import Approver, Envelope, Signatory
from charter.signing.services.ceremony import ENDED
from charter.signing.services.envelopes import held, signable
from charter.signing.services.inviting import tell_free
from charter.signing.services.people import Choice, bring
from charter.signing.services.proofs import LIVE, check_before_signature
from charter.signing.services.turns import approver_of
from charter.work import Work
from workflows.base import N_, Missing, fire
from workflows.events import VisaAsked, VisaGiven, VisaLifted, VisaRefused
from workflows.proposals import PartyStatus
from workflows.roles import Role
from workflows.signing import AWAITED, EnvelopeStatus
from workflows.visas import ApproverChart, ApproverStatus, VisaFacts

NOT_ASKED = N_("Aucun visa n’est attendu de vous dans cette alliance.")
ONLY_REFERENT = N_("Seul le référent de %(party)s décide d’un visa.")
ONLY_LIFTED_BY = N_(
    "%(party)s n’a plus de référent : la demande de visa ne peut être levée que par qui est habilité à signer pour elle, "
    "ou par ceux qui mènent ou facilitent l’alliance."
)


def may_ask_visa(work: Work, party: Party) -> bool:
    """Whether whoever acts is a referent of the party, which is still in."""
    referents = party.members_with(Role.referent) if party.status == PartyStatus.accepted else []
    return any(one.person_id == work.actor.person_id for one in referents)


def may_lift_visa(work: Work, party: Party) -> bool:
    """Whether whoever acts is a referent of the party, which is still in; when it has none left, its signatories or those who lead."""
    if party.status != PartyStatus.accepted or party.members_with(Role.referent):
        return may_ask_visa(work, party)
    leading = leading_party(party.alliance)
    people = [*party.signatories, *(leading.members_with(Role.referent) if leading else [])]
    people_ids = {one.person_id for one in people} | {one.person_id for one in party.alliance.facilitators if one.ended_at is None}
    return work.actor.person_id in people_ids


def ask_visa(work: Work, envelope: Envelope, party: Party, choice: Choice) -> Approver:
    """Names whose visa must come before the party signs, in place of whoever was asked before.

    Raises Invalid (member, name, email), Forbidden, Gone, Conflict once the party signed, Refused before it named a signatory.
    """
    alliance = held(work, envelope)
    if not may_ask_visa(work, party):
        raise Forbidden(ONLY_REFERENT, party=party.name)
    signatory = _check_party(envelope, party)
    member = bring(work, party, choice, Role.observer)
    if member.person_id == signatory.person_id:
        text = gettext(N_("Cette personne signe pour %(party)s : le visa revient à une autre"), party=party.name)
        raise Invalid({"member" if choice.member is not None else "email": [text]})
    former = approver_of(envelope, party.id)
    if former is not None and former.person_id == member.person_id:
        return former
    if former is not None:
        fire(ApproverChart, former, "remove", visa_facts(former))
        work.session.flush()
    made = Approver(envelope=envelope, party=party, person=member.person, name=member.person.display_name, email=member.person.email)
    made.named_at = work.now()
    work.add(made)
    if former is not None:
        announce(work, alliance, VisaLifted(envelope=envelope.ref, party=party.ref, person=str(former.person_id)))
    announce(work, alliance, VisaAsked(envelope=envelope.ref, party=party.ref, person=str(member.person_id)))
    return made


def lift_visa(work: Work, envelope: Envelope, party: Party) -> None:
    """The party asks for no visa any more; the signatory or those who lead say so once it has no referent left.

    Raises NotFound when none is asked, Forbidden, Gone, Conflict once the party signed.
    """
    alliance = held(work, envelope)
    if not may_lift_visa(work, party):
        raise Forbidden(ONLY_LIFTED_BY if not party.members_with(Role.referent) else ONLY_REFERENT, party=party.name)
    signatory, approver = _check_party(envelope, party), approver_of(envelope, party.id)
    if approver is None:
        raise NotFound
    fire(ApproverChart, approver, "remove", visa_facts(approver))
    tell_free(work, signatory, f"approver:{approver.id}:lifted")
    announce(work, alliance, VisaLifted(envelope=envelope.ref, party=party.ref, person=str(approver.person_id)))


def give_visa(work: Work, approver: Approver) -> None:
    """The approver approves these very documents. Again, changes nothing. Raises Forbidden, Gone, Blocked, Refused."""
    alliance = _enter(work, approver)
    if approver.status == ApproverStatus.approved:
        return
    fire(ApproverChart, approver, "approve", visa_facts(approver))
    hashes = approver.envelope.fingerprints
    approver.at, approver.documents, approver.reason = work.now(), list(hashes), ""
    person, signatory = str(approver.person_id), _signatory(approver)
    if signatory is not None:
        tell_free(work, signatory, f"approver:{approver.id}:given:{work.now().isoformat(timespec='seconds')}")
    announce(work, alliance, VisaGiven(envelope=approver.envelope.ref, party=approver.party.ref, person=person, documents=hashes))


def refuse_visa(work: Work, approver: Approver, reason: str) -> None:
    """The approver holds the party's signature back, and says why. They may think again until it is given.

    Raises Invalid (reason), Forbidden, Gone, Blocked, Conflict (NotNow) the second time.
    """
    alliance, said = _enter(work, approver), reason.strip()[:2000]
    if len(said) < 3:
        raise Invalid({"reason": [gettext(N_("Dites en quelques mots ce qui vous retient : votre organisation en a besoin"))]})
    fire(ApproverChart, approver, "refuse", visa_facts(approver))
    approver.at, approver.documents, approver.reason = work.now(), list(approver.envelope.fingerprints), said
    person = str(approver.person_id)
    announce(work, alliance, VisaRefused(envelope=approver.envelope.ref, party=approver.party.ref, person=person, reason=said))


def my_visa(envelope: Envelope, person: Person) -> Approver:
    """The visa asked of that person. Raises Forbidden when none is."""
    live = (one for one in envelope.approvers if one.status != ApproverStatus.removed)
    found = next((one for one in live if one.person_id == person.id), None)
    if found is None:
        raise Forbidden(NOT_ASKED)
    return found


def visa_facts(approver: Approver) -> VisaFacts:
    """What the guards of a visa look at."""
    leader, signatory = leading_party(approver.envelope.alliance), _signatory(approver)
    signed = signatory.name if signatory is not None and signatory.status not in AWAITED else ""
    return VisaFacts(approver.envelope.status == EnvelopeStatus.sent, approver.party.name, leader.name if leader else "", signed)


def _check_party(envelope: Envelope, party: Party) -> Signatory:
    if envelope.status not in LIVE:
        raise Gone(ENDED[envelope.status])
    signatory = next((one for one in envelope.signatories if one.party_id == party.id), None)
    if signatory is None:
        text = N_("Désignez d’abord la personne qui signe pour %(party)s")
        raise Refused(missing=[Missing(text, who=(party.name,), params={"party": party.name})])
    check_before_signature(signatory)
    return signatory


def _enter(work: Work, approver: Approver) -> Alliance:
    """Under the alliance's lock: the visa is still asked, of this very person, who still acts for the party."""
    alliance = held(work, approver.envelope)
    acts = any(one.person_id == work.actor.person_id and one.is_active for one in approver.party.members)
    if work.actor.person_id != approver.person_id or not acts or approver.party.status != PartyStatus.accepted:
        raise Forbidden(NOT_ASKED)
    status = approver.envelope.status
    if status not in LIVE:
        raise Gone(ENDED[status])
    if approver.status == ApproverStatus.removed:
        raise Gone(N_("%(party)s ne demande plus ce visa."), party=approver.party.name)
    signable(approver.envelope)
    return alliance


def _signatory(approver: Approver) -> Signatory | None:
    return next((one for one in approver.envelope.signatories if one.party_id == approver.party_id), None)
