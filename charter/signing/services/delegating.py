"""Delegation: the person the documents print has somebody else of their party sign in their place, a proof in hand.

The frozen documents go on naming the holder; the stamp, the consent sentence and the evidence say « X, par délégation de Y ». Whoever takes
over starts from the reading: what the person before read or proved was theirs.
"""

from __future__ import annotations

from sqlalchemy import update

from charter.alliances.announce import announce
from charter.errors import Forbidden, Invalid, Refused
from charter.i18n import gettext
from charter.signing.models import AuthorityProof, Code, PasskeyProof, ProofKind, Signatory
from charter.signing.provider.choice import chosen
from charter.signing.services.ceremony import note
from charter.signing.services.envelopes import held, signable
from charter.signing.services.people import Choice, bring
from charter.signing.services.proofs import check_before_signature, proof_of
from charter.signing.services.turns import approver_of
from charter.work import Work
from workflows.base import N_, Missing, fire
from workflows.events import DelegationEnded, SignatureDelegated
from workflows.proposals import PartyStatus
from workflows.roles import Role
from workflows.signing import EnvelopeStatus, SignatoryChart

ONLY_HOLDER = N_("Seuls %(name)s, que les documents nomment, et le référent de %(party)s peuvent en décider.")


def may_delegate(work: Work, signatory: Signatory) -> bool:
    """Whether whoever acts is a referent of the party, or the holder as long as they may sign for it: nobody gives what they lost."""
    party, actor = signatory.party, work.actor.person_id
    if party.status != PartyStatus.accepted or actor is None:
        return False
    holder = signatory.holder_id or signatory.person_id
    may = party.members_with(Role.referent, Role.signatory) if actor == holder else party.members_with(Role.referent)
    return any(one.person_id == actor for one in may)


def delegate(work: Work, signatory: Signatory, choice: Choice, proof: AuthorityProof) -> None:
    """Another person of the party signs instead, `choice.title` being their capacity (empty keeps the member's own).

    Raises Invalid (member, name, email, title, proof), Forbidden, Gone, Conflict once signed, Refused when documents are not signable.
    """
    alliance = held(work, signatory.envelope)
    _check(work, signatory)
    if proof.signatory_id == signatory.id:
        proof = proof_of(signatory, proof.ref)  # read again under the lock: it may be withdrawn, or have served
        work.session.refresh(proof)
    if proof.signatory_id != signatory.id or proof.kind != ProofKind.delegation or proof.delegate_id is not None:
        raise Invalid({"proof": [gettext(N_("Joignez la délégation faite à cette personne : une pièce ne sert qu’une fois"))]})
    member = bring(work, signatory.party, choice, Role.signatory)
    title = " ".join(choice.title.split()) or member.title
    if not 2 <= len(title) <= 120:
        raise Invalid(
            {"title": [gettext(N_("Indiquez la qualité de cette personne, par exemple « directrice » (120 caractères au plus)"))]}
        )
    _check_other(signatory, member.person_id, "member" if choice.member is not None else "email")
    holder, former = signatory.holder_id or signatory.person_id, signatory.person_id
    if not signatory.delegate_of:
        signatory.holder_id, signatory.delegate_of, signatory.delegate_of_title = holder, signatory.name, signatory.title
    proof.delegate_id = member.person_id
    signatory.person, signatory.name, signatory.email = member.person, member.person.display_name, member.person.email
    signatory.title = title
    _start_again(work, signatory, "delegated", signatory.name)
    told = SignatureDelegated(
        envelope=signatory.envelope.ref,
        signatory=signatory.ref,
        party=signatory.party.ref,
        holder=str(holder),
        former=str(former),
        person=str(member.person_id),
        proof=proof.sha256,
    )
    announce(work, alliance, told)


def end_delegation(work: Work, signatory: Signatory) -> None:
    """The holder signs after all. Raises Refused when nobody else was to, Forbidden, Gone, Conflict once signed."""
    alliance = held(work, signatory.envelope)
    _check(work, signatory)
    holder = signatory.holder
    if holder is None:
        raise Refused(N_("Cette signature n’est pas déléguée."))
    _check_other(signatory, holder.id, "")
    former, ref = signatory.person_id, signatory.party.ref
    forget(signatory)
    signatory.person, signatory.email = holder, holder.email
    _start_again(work, signatory, "delegation_ended", signatory.name)
    envelope = signatory.envelope.ref
    announce(
        work, alliance, DelegationEnded(envelope=envelope, signatory=signatory.ref, party=ref, holder=str(holder.id), former=str(former))
    )


def forget(signatory: Signatory) -> None:
    """Back to whom the documents print, whoever that is in the rows."""
    signatory.name, signatory.title = signatory.printed
    signatory.holder_id, signatory.delegate_of, signatory.delegate_of_title = None, "", ""


def _check(work: Work, signatory: Signatory) -> None:
    check_before_signature(signatory)
    if not may_delegate(work, signatory):
        raise Forbidden(ONLY_HOLDER, name=signatory.printed[0], party=signatory.organisation)
    signable(signatory.envelope)
    outside = chosen(work, signatory.envelope)
    if outside is not None and signatory.envelope.status == EnvelopeStatus.sent:
        text = N_(
            "%(provider)s attend déjà %(name)s : chez un prestataire, une fois l’envoi fait, il faut l’annuler pour qu’une autre signe."
        )
        raise Refused(text, provider=outside.provider, name=signatory.name)


def _check_other(signatory: Signatory, person_id: int, field: str) -> None:
    """Who takes over is not who signs already, nor who must give their visa to it."""
    if person_id == signatory.person_id:
        raise Invalid({field: [gettext(N_("Cette personne est déjà celle qui signe : choisissez-en une autre"))]})
    approver = approver_of(signatory.envelope, signatory.party_id)
    if approver is not None and approver.person_id == person_id:
        text = N_("%(name)s doit donner son visa à cette signature et ne peut pas la donner aussi : levez d’abord la demande de visa")
        raise Refused(missing=[Missing(text, who=(signatory.organisation,), params={"name": approver.name})])


def _start_again(work: Work, signatory: Signatory, step: str, detail: str) -> None:
    fire(SignatoryChart, signatory, "delegate")
    signatory.opened_at = signatory.identified_at = signatory.invited_at = None
    signatory.trouble = ""
    for proof in (Code, PasskeyProof):
        pending = update(proof).where(proof.signatory_id == signatory.id, proof.spent_at.is_(None))
        work.session.execute(pending.values(spent_at=work.now()))
    note(work, signatory, step, detail=detail)
