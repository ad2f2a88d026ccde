"""Facts of the amendments to a text."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.events.fact import Event


@dataclass(frozen=True, kw_only=True)
class AmendmentProposed(Event, type="amendment.proposed"):
    """``party``: the one that proposes; ``kind``: wording, insertion or removal; ``article``: the one it is about, or after which a new
    one goes, empty for its end; ``sha256``: of the canonical text proposed, empty for a removal."""

    text: str
    amendment: str
    party: str
    kind: str
    article: str
    title: str
    sha256: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class AmendmentAnswered(Event, type="amendment.answered"):
    """``kind``: favour or against."""

    text: str
    amendment: str
    party: str
    kind: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class AmendmentDiscussed(Event, type="amendment.discussed"):
    text: str
    amendment: str
    comment: str


@dataclass(frozen=True, kw_only=True)
class AmendmentAccepted(Event, type="amendment.accepted"):
    """``party``: the one that proposed it; ``article``: the one it changed, added or removed; ``sha256``: of its canonical text after,
    empty for a removal; ``title``: of that article; ``how``: agreed (by every party) or settled (by hand)."""

    text: str
    amendment: str
    party: str
    article: str
    title: str
    sha256: str
    how: str


@dataclass(frozen=True, kw_only=True)
class AmendmentRefused(Event, type="amendment.refused"):
    """``party``: the one that proposed it."""

    text: str
    amendment: str
    party: str
    title: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class AmendmentWithdrawn(Event, type="amendment.withdrawn"):
    """``replaced_by``: the amendment proposed instead, on the text of that day; empty when there is none."""

    text: str
    amendment: str
    party: str
    title: str
    replaced_by: str = ""


@dataclass(frozen=True, kw_only=True)
class AmendmentLapsed(Event, type="amendment.lapsed"):
    """``reason``: removed (its article), adopted (the text) or stopped (the drafting)."""

    text: str
    amendment: str
    party: str
    title: str
    reason: str
