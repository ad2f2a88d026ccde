"""Who may do what, in one table.

A member of a party holds one or more of four roles; the facilitator belongs to no party, helps, and has no voice.

* ``signatory`` « représentant habilité » signs for its party;
* ``drafter`` « contributeur » writes;
* ``referent`` « référent alliance » answers for its party day to day;
* ``observer`` reads.

An action of :data:`LEADING` moves the whole alliance on: besides the facilitator, only the party that proposed the alliance
(or, once it has left, the first of the others) may do it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum


class Role(StrEnum):
    signatory = "signatory"
    drafter = "drafter"
    referent = "referent"
    observer = "observer"


FACILITATOR = "facilitator"

_WRITERS = frozenset({Role.signatory, Role.drafter, Role.referent})
_VOICE = frozenset({Role.signatory, Role.referent})
_REFERENT = frozenset({Role.referent})
_SIGNATORY = frozenset({Role.signatory})
_ALL = frozenset(Role)

MAY: Mapping[str, frozenset[str]] = {
    # the alliance ---------------------------------------------------
    "alliance.see": _ALL | {FACILITATOR},
    "alliance.abandon": _REFERENT | {FACILITATOR},
    "alliance.facilitator": _REFERENT,
    "party.members": _REFERENT,
    "party.leave": _SIGNATORY | _REFERENT,
    # proposal -------------------------------------------------------
    "proposal.need": _REFERENT | {FACILITATOR},
    "proposal.invite": _REFERENT | {FACILITATOR},
    "proposal.answer": _VOICE,
    "proposal.declare": _WRITERS,
    "proposal.model": _REFERENT | {FACILITATOR},
    "proposal.begin": _REFERENT | {FACILITATOR},
    # co-drafting ----------------------------------------------------
    "drafting.edit": _WRITERS,
    "drafting.comment": _WRITERS | {FACILITATOR},
    "drafting.consent": _WRITERS,
    "drafting.voice": _REFERENT,
    "drafting.round": _REFERENT | {FACILITATOR},
    "drafting.nudge": _REFERENT | {FACILITATOR},
    "drafting.adopt": _REFERENT | {FACILITATOR},
    "drafting.calendar": _REFERENT | {FACILITATOR},
    "amendment.propose": _WRITERS,
    "amendment.answer": _WRITERS,
    "amendment.settle": _REFERENT | {FACILITATOR},
    # contract -------------------------------------------------------
    "contract.edit": _WRITERS,
    "contract.render": _WRITERS | {FACILITATOR},
    "contract.freeze": _REFERENT | {FACILITATOR},
    # signature ------------------------------------------------------
    "signing.prepare": _REFERENT | {FACILITATOR},
    "signing.sign": _SIGNATORY,
    "signing.authority": _VOICE,
    "signing.void": _REFERENT | {FACILITATOR},
    # evaluation -----------------------------------------------------
    "evaluation.plan": _REFERENT | {FACILITATOR},
    "evaluation.answer": _VOICE,
    "evaluation.review": _REFERENT | {FACILITATOR},
    "evaluation.decide": _REFERENT | {FACILITATOR},
}

LEADING: frozenset[str] = frozenset(
    {
        "alliance.abandon",
        "alliance.facilitator",
        "proposal.need",
        "proposal.invite",
        "proposal.model",
        "proposal.begin",
        "drafting.adopt",
        "drafting.calendar",
        "drafting.round",
        "drafting.nudge",
        "amendment.settle",
        "contract.freeze",
        "signing.prepare",
        "signing.void",
        "evaluation.plan",
        "evaluation.review",
        "evaluation.decide",
    }
)

VOICED: frozenset[str] = frozenset(
    {
        "proposal.answer",
        "drafting.consent",
        "drafting.voice",
        "amendment.propose",
        "amendment.answer",
        "signing.sign",
        "signing.authority",
        "evaluation.answer",
    }
)
"""What a party says as a party: the facilitator may do none of these, whatever the table becomes. Of those the table lets consent, only
those who speak for their party do (``charter/drafting/services/voice.py``)."""


def may(action: str, roles: Iterable[str] = (), *, facilitator: bool = False, leading: bool = False) -> bool:
    """Whether somebody with these ``roles`` in its party may do ``action``.

    ``leading``: its party leads the alliance. Whether the action concerns its own party is for the caller to see.

    :raises KeyError: the table has no such action.
    """
    allowed = MAY[action]
    if facilitator and FACILITATOR in allowed:
        return True
    return bool(allowed.intersection(roles)) and (leading or action not in LEADING)
