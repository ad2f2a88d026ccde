"""Facts, in the past tense: what the journal records and what reactions follow.

An event names things by their opaque ids (text); the journal is never rewritten, so no name of a person, no address and no
free text that could be personal goes in it beyond what the alliance itself decided (titles, reasons given to the others).
Actor and time are the journal's own columns. Every field is text, a number, a yes or no, None, or a list of these.

    event.type        "party.invited"
    event.payload()   {"party": "…", "organisation": "…"}
    from_payload("party.invited", {...}) gives the event back
"""

from __future__ import annotations

from workflows.events.contracts import (
    ContractAssembled,
    ContractFrozen,
    ContractRendered,
    ContractRenderFailed,
    ContractRenderRequested,
)
from workflows.events.deciding import ArticleReopened, PartyNudged, RoundClosed, RoundOpened, VoiceChosen
from workflows.events.drafting import (
    ArticleAdded,
    ArticleRemoved,
    ArticlesMerged,
    ArticleSplit,
    ArticlesReordered,
    CharterAdopted,
    CommentDeleted,
    CommentEdited,
    CommentPosted,
    CommentReopened,
    CommentResolved,
    ConsentGiven,
    ConsentWithdrawn,
    DeadlinePassed,
    DeadlinesSet,
    PersonMentioned,
    TermDefined,
    TermRemoved,
)
from workflows.events.evaluation import (
    AllianceAbandoned,
    AllianceClosed,
    CheckpointAnswered,
    CheckpointClosed,
    CheckpointOpened,
    DraftingReopened,
    EvaluationPlanned,
    ReminderSent,
    ReviewPublished,
)
from workflows.events.fact import EVENTS, Event, from_payload
from workflows.events.proposals import (
    AllianceProposed,
    DeclarationMade,
    DraftingBegun,
    FacilitatorNamed,
    InvitationCancelled,
    MemberAdded,
    MemberRolesChanged,
    ModelChosen,
    NeedChanged,
    PartyAccepted,
    PartyDeclined,
    PartyInvited,
    PartyLeft,
)
from workflows.events.signing import (
    DocumentOpened,
    EnvelopeCompleted,
    EnvelopeSent,
    EnvelopeVoided,
    SignatoryIdentified,
    SignatureConfirmed,
    SignatureDeclined,
    SignatureSealed,
)

__all__ = [
    "EVENTS",
    "AllianceAbandoned",
    "AllianceClosed",
    "AllianceProposed",
    "ArticleAdded",
    "ArticleRemoved",
    "ArticleReopened",
    "ArticleSplit",
    "ArticlesMerged",
    "ArticlesReordered",
    "CharterAdopted",
    "CheckpointAnswered",
    "CheckpointClosed",
    "CheckpointOpened",
    "CommentDeleted",
    "CommentEdited",
    "CommentPosted",
    "CommentReopened",
    "CommentResolved",
    "ConsentGiven",
    "ConsentWithdrawn",
    "ContractAssembled",
    "ContractFrozen",
    "ContractRenderFailed",
    "ContractRenderRequested",
    "ContractRendered",
    "DeadlinePassed",
    "DeadlinesSet",
    "DeclarationMade",
    "DocumentOpened",
    "DraftingBegun",
    "DraftingReopened",
    "EnvelopeCompleted",
    "EnvelopeSent",
    "EnvelopeVoided",
    "EvaluationPlanned",
    "Event",
    "FacilitatorNamed",
    "InvitationCancelled",
    "MemberAdded",
    "MemberRolesChanged",
    "ModelChosen",
    "NeedChanged",
    "PartyAccepted",
    "PartyDeclined",
    "PartyInvited",
    "PartyLeft",
    "PartyNudged",
    "PersonMentioned",
    "ReminderSent",
    "ReviewPublished",
    "RoundClosed",
    "RoundOpened",
    "SignatoryIdentified",
    "SignatureConfirmed",
    "SignatureDeclined",
    "SignatureSealed",
    "TermDefined",
    "TermRemoved",
    "VoiceChosen",
    "from_payload",
]
