"""Facts, in the past tense: what the journal records and what reactions follow.

An event names things by their opaque ids (text); the journal is never rewritten, so no name of a person, no address and no
free text that could be personal goes in it beyond what the alliance itself decided (titles, reasons given to the others).
Actor and time are the journal's own columns. Every field is text, a number, a yes or no, None, or a list of these.

    event.type        "party.invited"
    event.payload()   {"party": "…", "organisation": "…"}
    from_payload("party.invited", {...}) gives the event back
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar

EVENTS: dict[str, type[Event]] = {}


@dataclass(frozen=True, kw_only=True)
class Event:
    """Root of the facts; each has a ``type`` written ``subject.verb``."""

    type: ClassVar[str]

    def __init_subclass__(cls, *, type: str) -> None:
        if type in EVENTS:
            raise ValueError(f"two events are called {type}")
        cls.type = type
        EVENTS[type] = cls

    def payload(self) -> dict[str, Any]:
        """The fields as JSON values: tuples become lists."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}


def from_payload(type: str, payload: Mapping[str, Any]) -> Event:
    """The event a journal row tells. Fields unknown today are left out, so that old rows stay readable.

    :raises KeyError: no event has this type.
    """
    cls = EVENTS[type]
    known = {field.name for field in fields(cls)}
    return cls(**{key: tuple(value) if isinstance(value, list) else value for key, value in payload.items() if key in known})


# Proposal ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class AllianceProposed(Event, type="alliance.proposed"):
    title: str
    party: str
    organisation: str


@dataclass(frozen=True, kw_only=True)
class NeedChanged(Event, type="alliance.need_changed"):
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PartyInvited(Event, type="party.invited"):
    party: str
    organisation: str
    invitation: str = ""


@dataclass(frozen=True, kw_only=True)
class PartyAccepted(Event, type="party.accepted"):
    party: str
    organisation: str


@dataclass(frozen=True, kw_only=True)
class PartyDeclined(Event, type="party.declined"):
    party: str
    organisation: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class PartyLeft(Event, type="party.left"):
    party: str
    organisation: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class InvitationCancelled(Event, type="party.invitation_cancelled"):
    party: str
    organisation: str


@dataclass(frozen=True, kw_only=True)
class MemberAdded(Event, type="member.added"):
    party: str
    person: str
    roles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class MemberRolesChanged(Event, type="member.roles_changed"):
    """``roles``: all those the member now has; none means it is no longer a member."""

    party: str
    person: str
    roles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class FacilitatorNamed(Event, type="alliance.facilitator_named"):
    """``person``: None when the alliance no longer has a facilitator."""

    person: str | None


@dataclass(frozen=True, kw_only=True)
class DeclarationMade(Event, type="party.declaration_made"):
    """``sha256``: of the canonical declaration, so that the contract can tell which one it was made from."""

    party: str
    sha256: str = ""


@dataclass(frozen=True, kw_only=True)
class ModelChosen(Event, type="alliance.model_chosen"):
    """``recommended``: the key the recommendation had put first."""

    model: str
    recommended: str | None = None


@dataclass(frozen=True, kw_only=True)
class DraftingBegun(Event, type="alliance.drafting_begun"):
    parties: tuple[str, ...]


# Co-drafting ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ArticleAdded(Event, type="article.added"):
    text: str
    article: str
    title: str


@dataclass(frozen=True, kw_only=True)
class ArticleRemoved(Event, type="article.removed"):
    text: str
    article: str
    title: str


@dataclass(frozen=True, kw_only=True)
class ArticlesReordered(Event, type="article.reordered"):
    """``articles``: all the ids in their new order."""

    text: str
    articles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CommentPosted(Event, type="comment.posted"):
    text: str
    article: str
    comment: str
    thread: str = ""


@dataclass(frozen=True, kw_only=True)
class CommentResolved(Event, type="comment.resolved"):
    text: str
    article: str
    comment: str


@dataclass(frozen=True, kw_only=True)
class ConsentGiven(Event, type="consent.given"):
    """``kind``: agree, reservation or objection; ``sha256``: of the article's canonical text."""

    text: str
    article: str
    party: str
    kind: str
    sha256: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class ConsentWithdrawn(Event, type="consent.withdrawn"):
    text: str
    article: str
    party: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class CharterAdopted(Event, type="charter.adopted"):
    """``articles``: the SHA-256 of each article's canonical text, in order."""

    text: str
    version: int
    articles: tuple[str, ...]


# Contract ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ContractAssembled(Event, type="contract.assembled"):
    contract: str
    version: int
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ContractRenderRequested(Event, type="contract.render_requested"):
    """``input_sha256``: of all the rendering reads."""

    contract: str
    input_sha256: str = ""


@dataclass(frozen=True, kw_only=True)
class ContractRendered(Event, type="contract.rendered"):
    """``documents``: the SHA-256 of each file made."""

    contract: str
    documents: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ContractRenderFailed(Event, type="contract.render_failed"):
    contract: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ContractFrozen(Event, type="contract.frozen"):
    contract: str
    version: int
    documents: tuple[str, ...]


# Signature -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class EnvelopeSent(Event, type="envelope.sent"):
    envelope: str
    documents: tuple[str, ...]
    signatories: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DocumentOpened(Event, type="signatory.document_opened"):
    envelope: str
    signatory: str
    party: str


@dataclass(frozen=True, kw_only=True)
class SignatoryIdentified(Event, type="signatory.identified"):
    """``method``: what proved it is that person (``code``, ``passkey``)."""

    envelope: str
    signatory: str
    party: str
    method: str = "code"


@dataclass(frozen=True, kw_only=True)
class SignatureConfirmed(Event, type="signature.confirmed"):
    """``documents``: the SHA-256 of what was on screen when the person said yes."""

    envelope: str
    signatory: str
    party: str
    documents: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SignatureSealed(Event, type="signature.sealed"):
    """``documents``: the SHA-256 of the signed files; ``serials``: the certificates' serial numbers."""

    envelope: str
    signatory: str
    party: str
    documents: tuple[str, ...]
    serials: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SignatureDeclined(Event, type="signature.declined"):
    envelope: str
    signatory: str
    party: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class EnvelopeCompleted(Event, type="envelope.completed"):
    envelope: str
    documents: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class EnvelopeVoided(Event, type="envelope.voided"):
    envelope: str
    reason: str = ""


# Evaluation ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class EvaluationPlanned(Event, type="evaluation.planned"):
    """``dates``: ISO 8601 days, in order."""

    preset: str
    dates: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CheckpointOpened(Event, type="checkpoint.opened"):
    checkpoint: str
    due: str = ""


@dataclass(frozen=True, kw_only=True)
class CheckpointAnswered(Event, type="checkpoint.answered"):
    """``sha256``: of the canonical answers, which stay confidential."""

    checkpoint: str
    party: str
    sha256: str = ""


@dataclass(frozen=True, kw_only=True)
class ReminderSent(Event, type="reminder.sent"):
    """``kind``: what is recalled; ``recipient``: the person's opaque id; ``due``: ISO 8601."""

    kind: str
    subject: str
    recipient: str
    due: str


@dataclass(frozen=True, kw_only=True)
class ReviewPublished(Event, type="review.published"):
    checkpoint: str
    verdict: str
    document: str = ""


@dataclass(frozen=True, kw_only=True)
class CheckpointClosed(Event, type="checkpoint.closed"):
    checkpoint: str


@dataclass(frozen=True, kw_only=True)
class DraftingReopened(Event, type="alliance.drafting_reopened"):
    checkpoint: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class AllianceClosed(Event, type="alliance.closed"):
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class AllianceAbandoned(Event, type="alliance.abandoned"):
    stage: str
    reason: str = ""
