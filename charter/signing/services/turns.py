"""Whose turn it is: those of an earlier rank sign first, and a party that asked for a visa signs once it is given."""

from __future__ import annotations

from charter.errors import Refused
from charter.signing.models import Approver, Envelope, Signatory
from workflows.base import N_, Missing
from workflows.roles import Role
from workflows.signing import AWAITED, SignatoryFacts, SignatoryStatus, TurnFacts, waits_for
from workflows.visas import ApproverFacts, ApproverStatus

NOT_YET = N_("Ce n’est pas encore votre tour de signer pour %(party)s. Un courriel vous préviendra.")


def approver_of(envelope: Envelope, party_id: int) -> Approver | None:
    """Whose visa that party asked for, None without one."""
    live = (one for one in envelope.approvers if one.status != ApproverStatus.removed)
    return next((one for one in live if one.party_id == party_id), None)


def acts(approver: Approver) -> bool:
    """True while the approver is one of the party's people. Party and members must be loaded."""
    return any(one.person_id == approver.person_id and one.is_active for one in approver.party.members)


def entitled(signatory: Signatory) -> bool:
    """True while the person is one of those who may sign for the party. Party and members must be loaded."""
    return any(one.person_id == signatory.person_id for one in signatory.party.signatories)


def told(envelope: Envelope, signatory: Signatory, party: str = "", *, may: bool = True) -> SignatoryFacts:
    """The signatory as the workflows see it; `party` is the name it goes by today, `may` whether they are `entitled`, when that is asked.

    Parties, and the members of those that asked for a visa, must be loaded.
    """
    name, approver = party or signatory.party.name, approver_of(envelope, signatory.party_id)
    visa = None
    if approver is not None:
        unattended = not approver.party.members_with(Role.referent)
        visa = ApproverFacts(approver.name, name, approver.status, str(approver.person_id), gone=not acts(approver), unattended=unattended)
    person = str(signatory.person_id)
    return SignatoryFacts(signatory.name, name, signatory.status, person, signatory.rank, signatory.delegate_of, visa, may)


def turn_facts(signatory: Signatory) -> TurnFacts:
    """What the guards of the signatory's own acts look at."""
    envelope = signatory.envelope
    return TurnFacts(told(envelope, signatory), tuple(told(envelope, one) for one in envelope.signatories))


def turn_of(envelope: Envelope, signatory: Signatory) -> tuple[Missing, ...]:
    """What must come before this person's turn, and from whom; nothing once it has come."""
    may = signatory.status not in AWAITED or entitled(signatory)  # asked of this one alone: the members of fifty parties are as many reads
    return waits_for(TurnFacts(told(envelope, signatory, may=may), tuple(told(envelope, one) for one in envelope.signatories)))


def visa_awaited(envelope: Envelope, signatory: Signatory) -> Approver | None:
    """Whose visa alone keeps the signatory from signing now, and is still to be said; None when something else does, or nothing."""
    approver = approver_of(envelope, signatory.party_id)
    if approver is None or approver.status != ApproverStatus.awaited or signatory.status not in AWAITED or not acts(approver):
        return None
    earlier = (one for one in envelope.signatories if one.rank < signatory.rank)
    return approver if all(one.status == SignatoryStatus.signed for one in earlier) else None


def check_turn(signatory: Signatory) -> None:
    """Raises Refused, saying whom one waits for, before the person's turn."""
    missing = turn_of(signatory.envelope, signatory)
    if missing:
        raise Refused(NOT_YET, missing, party=signatory.organisation)
