"""When X happens, then Y follows: the whole of the forward movement, as a table.

* ``Mail(template, to)``: a mail of ``templates/emails/<room>/<name>`` to the people :data:`RECIPIENTS` names;
* ``Call(name)``: a function of a later room, registered under that name;
* ``Advance(event)``: the alliance's own chart receives that event (see ``lifecycle.py``).

They are followed in the order they are written, in the transaction of the change they tell: a mail is a row of the outbox,
never a connection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workflows import events as e

RECIPIENTS: Mapping[str, str] = {
    "invitee": "the address the party was invited at",
    "party": "members of the party the event tells of",
    "others": "members of the other accepted parties, and the facilitator",
    "everyone": "members of all accepted parties, and the facilitator",
    "leaders": "referents of the leading party, and the facilitator",
    "voices": "signatories and referents of all accepted parties: those who may answer for their party",
    "speakers": "those who speak for each accepted party: whom it chose, else its signatories and referents; and the facilitator",
    "speaking": "those who speak for the party the event tells of",
    "answerers": "those who speak for the parties asked for their word on the amendment the event tells of",
    "signatories": "those who sign in the envelope the event tells of",
    "awaited": "of those, the ones whose signature is awaited now",
    "holders": "members of all the parties the envelope names, whoever signed it, and the facilitator: those a copy is owed to",
    "signing_party": "who signs for the party the event tells of, and its referents",
    "delegation": "those a delegation concerns but for who signs now: the holder, who was to sign, the party's referents",
    "newcomer": "the person the event tells of",
}


@dataclass(frozen=True)
class Mail:
    template: str
    to: str


@dataclass(frozen=True)
class Call:
    name: str


@dataclass(frozen=True)
class Advance:
    event: str


Reaction = Mail | Call | Advance

REACTIONS: Mapping[type[e.Event], tuple[Reaction, ...]] = {
    # proposal -------------------------------------------------------------------------------------------
    e.PartyInvited: (Mail("proposals.invitation", to="invitee"),),
    e.InvitationCancelled: (Mail("proposals.invitation_cancelled", to="invitee"),),
    e.PartyAccepted: (Mail("proposals.party_accepted", to="others"),),
    e.PartyDeclined: (Mail("proposals.party_declined", to="leaders"),),
    e.PartyLeft: (Mail("proposals.party_left", to="others"),),
    e.MemberAdded: (Mail("proposals.member_added", to="newcomer"),),
    e.FacilitatorNamed: (Mail("proposals.facilitator_named", to="newcomer"),),
    e.DraftingBegun: (
        Call("drafting.open_charter"),
        Mail("drafting.begun", to="everyone"),
    ),
    # co-drafting ----------------------------------------------------------------------------------------
    e.PersonMentioned: (Mail("drafting.mentioned", to="newcomer"),),
    e.RoundOpened: (Mail("drafting.round_opened", to="speakers"),),
    e.ArticleReopened: (Call("drafting.settle_agreed"), Mail("drafting.article_reopened", to="speakers")),
    e.RoundClosed: (Call("drafting.settle_agreed"),),
    e.PartyNudged: (Mail("drafting.nudge", to="speaking"),),
    e.AmendmentProposed: (Mail("drafting.amendment_proposed", to="answerers"),),
    e.AmendmentAccepted: (Mail("drafting.amendment_accepted", to="party"),),
    e.AmendmentRefused: (Mail("drafting.amendment_refused", to="party"),),
    e.ArticleRemoved: (Call("drafting.lapse_amendments"),),
    e.ArticlesMerged: (Call("drafting.lapse_amendments"),),
    e.TextImported: (Call("drafting.lapse_amendments"),),
    e.CharterAdopted: (
        Call("drafting.lapse_amendments"),
        Advance("charter_adopted"),
        Call("contracts.open_contract"),
        Mail("drafting.adopted", to="everyone"),
    ),
    # contract -------------------------------------------------------------------------------------------
    e.ContractRenderRequested: (Call("contracts.render"),),
    e.ContractRendered: (Mail("contracts.ready", to="voices"),),
    e.ContractRenderFailed: (Mail("contracts.render_failed", to="leaders"),),
    e.ContractFrozen: (
        Advance("contract_frozen"),
        Call("signing.open_envelope"),
        Mail("contracts.frozen", to="leaders"),
    ),
    # signature ------------------------------------------------------------------------------------------
    e.EnvelopeSent: (Call("signing.plan_recalls"), Call("signing.invite")),
    e.SigningDeadlineExtended: (Call("signing.plan_recalls"), Mail("signing.extended", to="awaited")),
    e.SigningDeadlinePassed: (Mail("signing.overdue", to="leaders"),),
    e.SignatureDelegated: (Call("signing.invite"), Mail("signing.delegated", to="delegation")),
    e.DelegationEnded: (Call("signing.invite"), Mail("signing.delegation_ended", to="delegation")),
    e.VisaAsked: (Call("signing.invite"),),
    e.VisaGiven: (Call("signing.invite"),),
    e.VisaLifted: (Call("signing.invite"),),
    e.VisaRefused: (Mail("signing.visa_refused", to="signing_party"), Mail("signing.visa_refused", to="leaders")),
    e.SignatureConfirmed: (Call("signing.seal"),),
    e.SignatureSealed: (Call("signing.invite"),),
    e.SignatureDeclined: (
        Advance("back_to_contract"),
        Call("contracts.open_new_version"),
        Mail("signing.declined", to="everyone"),
    ),
    e.EnvelopeVoided: (
        Advance("back_to_contract"),
        Call("contracts.open_new_version"),
        Mail("signing.voided", to="signatories"),
    ),
    e.EnvelopeCompleted: (
        Advance("all_signed"),
        Call("signing.make_evidence"),
        Call("evaluation.open_plan"),
        Mail("signing.completed", to="holders"),
        Call("signing.send_copies"),
    ),
    # evaluation -----------------------------------------------------------------------------------------
    e.EvaluationPlanned: (Mail("evaluation.planned", to="everyone"),),
    e.CheckpointOpened: (Mail("evaluation.opened", to="voices"),),
    e.ReviewPublished: (Mail("evaluation.review", to="everyone"),),
    e.DraftingReopened: (
        Advance("reopen_drafting"),
        Call("drafting.open_amendment"),
        Mail("drafting.reopened", to="everyone"),
    ),
    e.AllianceClosed: (
        Advance("close"),
        Call("evaluation.cancel_remaining"),
        Mail("evaluation.closed", to="everyone"),
    ),
    e.AllianceAbandoned: (
        Advance("abandon"),
        Call("drafting.stop_writing"),
        Call("drafting.lapse_amendments"),
        Call("signing.withdraw_envelope"),
        Call("evaluation.cancel_remaining"),
        Mail("proposals.abandoned", to="everyone"),
    ),
}


def reactions_to(event: e.Event) -> tuple[Reaction, ...]:
    """What follows this event; nothing for a fact that is only recorded."""
    return REACTIONS.get(type(event), ())
