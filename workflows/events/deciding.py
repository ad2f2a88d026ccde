"""Facts of how parties decide on a text: rounds, who speaks for whom, reminders from the facilitator."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.events.fact import Event


@dataclass(frozen=True, kw_only=True)
class VoiceChosen(Event, type="voice.chosen"):
    """``people``: ids of those who speak for the party from now on; none gives the voice back to signatories and referents."""

    party: str
    people: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RoundOpened(Event, type="round.opened"):
    """A version of the text is put to consent. ``articles`` and ``hashes``: what is locked, and the SHA-256 of each one's words, in order;
    ``closes_on``: the last day hoped for (ISO), empty without one."""

    text: str
    round: int
    articles: tuple[str, ...]
    hashes: tuple[str, ...]
    closes_on: str = ""


@dataclass(frozen=True, kw_only=True)
class ArticleReopened(Event, type="round.article_reopened"):
    """An objection took an article out of the round: it may be written again. ``party``: the one that objects."""

    text: str
    round: int
    article: str
    party: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class RoundClosed(Event, type="round.closed"):
    """``outcome``: a value of ``workflows.rounds.RoundStatus``; ``reason``: what whoever closed it said, if somebody did."""

    text: str
    round: int
    outcome: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class PartyNudged(Event, type="party.nudged"):
    """The facilitator, or the leading party, wrote to a party that is awaited."""

    party: str
