"""Signature: one envelope, one signatory a party.

envelope    event     becomes    when
---------   --------  ---------  ----------------------------------------------
draft       send      sent       every party has exactly one signatory in it,
                                 the public bodies that must deliberate have,
                               no party named in it has left the alliance
sent        complete  completed  all have signed, nobody named in it has left
sent        decline   declined   one of them refused
draft/sent  void      voided     the parties take it back

signatory                    event        becomes      when
---------------------------  -----------  -----------  ------------------------------------
waiting or opened            open         opened       the document is read
opened or identifying        send_code    identifying  a code is asked for
opened or identifying        present_passkey  identifying  a passkey answered
identifying                  confirm      sealing      who signs is proved, the will is stated
sealing                      seal         signed       the seal is in the document
sealing                      seal_failed  opened       it could not be made: start again
waiting, opened, identifying decline      declined
waiting, opened, identifying delegate     waiting      somebody else is to sign for the party, and starts from the reading

The person's own acts (open, send_code, present_passkey, confirm, decline) wait for their turn: those of an earlier rank have signed,
and the visa the party asked for, if any, is given (``visas.py``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from statemachine import State

from workflows.base import N_, Chart, Missing, needs
from workflows.visas import ApproverFacts, visa_missing


class EnvelopeStatus(StrEnum):
    draft = "draft"
    sent = "sent"
    completed = "completed"
    declined = "declined"
    voided = "voided"


class SignatoryStatus(StrEnum):
    waiting = "waiting"
    opened = "opened"
    identifying = "identifying"
    sealing = "sealing"
    signed = "signed"
    declined = "declined"


AWAITED = (SignatoryStatus.waiting, SignatoryStatus.opened, SignatoryStatus.identifying)
"""Those whose own act is still to come."""


@dataclass(frozen=True)
class SignatoryFacts:
    """``person``: the opaque id of who signs, empty when not known to the caller. ``rank``: 1 signs first; all 1, all at once.

    ``delegate_of``: name of the person the documents print, when somebody else signs in their place; ``visa``: the one the party asked for;
    ``entitled``: false once the person may no longer sign for the party.
    """

    name: str
    party: str
    status: SignatoryStatus = SignatoryStatus.waiting
    person: str = ""
    rank: int = 1
    delegate_of: str = ""
    visa: ApproverFacts | None = None
    entitled: bool = True


@dataclass(frozen=True)
class TurnFacts:
    """One person's turn among all those who sign."""

    signatory: SignatoryFacts
    everyone: tuple[SignatoryFacts, ...] = ()


@dataclass(frozen=True)
class EnvelopeFacts:
    """``parties``: names of every party that must sign; ``undeliberated``: those whose assembly has yet to allow it.

    ``departed``: parties the documents name that have left since; ``leader``: the party expected to take the envelope back then.
    """

    parties: tuple[str, ...]
    signatories: tuple[SignatoryFacts, ...]
    undeliberated: tuple[str, ...] = ()
    departed: tuple[str, ...] = ()
    leader: str = ""


def nobody_left(facts: EnvelopeFacts) -> Iterator[Missing]:
    who = (facts.leader,) if facts.leader else ()
    for party in facts.departed:
        text = N_("Annulez l’envoi et refaites le contrat : il nomme %(party)s, qui a quitté l’alliance")
        yield Missing(text, who=who, params={"party": party})


def one_signatory_a_party(facts: EnvelopeFacts) -> Iterator[Missing]:
    count = Counter(signatory.party for signatory in facts.signatories)
    for party in facts.parties:
        if count[party] == 0:
            yield Missing(N_("%(party)s n’a pas désigné de personne habilitée à signer"), who=(party,), params={"party": party})
        elif count[party] > 1:
            yield Missing(N_("%(party)s doit ne garder qu’une seule personne pour signer"), who=(party,), params={"party": party})


def assemblies_deliberated(facts: EnvelopeFacts) -> Iterator[Missing]:
    for party in facts.undeliberated:
        text = N_("La délibération qui autorise %(party)s à signer (numéro et date) n’est pas indiquée")
        yield Missing(text, who=(party,), params={"party": party})


def earlier_ranks_signed(facts: TurnFacts) -> Iterator[Missing]:
    for one in facts.everyone:
        if one.rank < facts.signatory.rank and one.status != SignatoryStatus.signed:
            params = {"name": one.name, "party": one.party}
            yield Missing(N_("Signature de %(name)s pour %(party)s, qui vient d’abord"), who=(one.name,), params=params)


def visa_given(facts: TurnFacts) -> Iterator[Missing]:
    yield from visa_missing(facts.signatory.visa)


def still_entitled(facts: TurnFacts) -> Iterator[Missing]:
    one = facts.signatory
    if one.status in AWAITED and not one.entitled:
        text = N_("%(name)s n’est plus une personne habilitée à signer pour %(party)s : déléguer sa signature, ou lui rendre ce rôle")
        yield Missing(text, who=(one.party,), params={"name": one.name, "party": one.party})


def waits_for(facts: TurnFacts) -> tuple[Missing, ...]:
    """What must come before this person's turn; nothing once it has come."""
    return (*still_entitled(facts), *earlier_ranks_signed(facts), *visa_given(facts))


def held_by(facts: TurnFacts) -> tuple[str, ...]:
    """Those who can act today so that this signature comes: the first rank that has not signed whole, or whoever must give them a visa."""
    unsigned = [one for one in facts.everyone if one.status != SignatoryStatus.signed and one.rank < facts.signatory.rank]
    first = min((one.rank for one in unsigned), default=facts.signatory.rank)
    heads = [one for one in unsigned if one.rank == first] or [facts.signatory]
    return tuple(dict.fromkeys(name for head in heads for name in _holders(head)))


def _holders(signatory: SignatoryFacts) -> tuple[str, ...]:
    lacks = (*still_entitled(TurnFacts(signatory)), *visa_missing(signatory.visa)) if signatory.status in AWAITED else ()
    return tuple(name for lack in lacks for name in lack.who) or (signatory.name,)


def everybody_signed(facts: EnvelopeFacts) -> Iterator[Missing]:
    for signatory in facts.signatories:
        if signatory.status != SignatoryStatus.signed:
            turn, params = TurnFacts(signatory, facts.signatories), {"name": signatory.name, "party": signatory.party}
            yield from still_entitled(turn)
            if signatory.status in AWAITED and not signatory.entitled:
                continue
            text = N_("Signature de %(name)s attendue pour %(party)s")
            if signatory.status in AWAITED and waits_for(turn):
                text = N_("Signature de %(name)s attendue pour %(party)s, quand son tour sera venu")
            yield Missing(text, who=held_by(turn), params=params)


class EnvelopeChart(Chart):
    draft = State(N_("En préparation"), value=EnvelopeStatus.draft, initial=True)
    sent = State(N_("À signer"), value=EnvelopeStatus.sent)
    completed = State(N_("Signée par tous"), value=EnvelopeStatus.completed, final=True)
    declined = State(N_("Refusée"), value=EnvelopeStatus.declined, final=True)
    voided = State(N_("Annulée"), value=EnvelopeStatus.voided, final=True)

    send_ = draft.to(sent, cond=needs(nobody_left, one_signatory_a_party, assemblies_deliberated))
    complete = sent.to(completed, cond=needs(nobody_left, one_signatory_a_party, everybody_signed))
    decline = sent.to(declined)
    void = draft.to(voided) | sent.to(voided)


class SignatoryChart(Chart):
    waiting = State(N_("N’a pas encore lu"), value=SignatoryStatus.waiting, initial=True)
    opened = State(N_("A ouvert le document"), value=SignatoryStatus.opened)
    identifying = State(N_("S’identifie"), value=SignatoryStatus.identifying)
    sealing = State(N_("Signature en cours d’apposition"), value=SignatoryStatus.sealing)
    signed = State(N_("A signé"), value=SignatoryStatus.signed, final=True)
    declined = State(N_("A refusé"), value=SignatoryStatus.declined, final=True)

    _turn = needs(earlier_ranks_signed, visa_given)
    open_ = waiting.to(opened, cond=_turn) | opened.to(opened, cond=_turn)
    send_code = opened.to(identifying, cond=_turn) | identifying.to(identifying, cond=_turn)
    present_passkey = opened.to(identifying, cond=_turn) | identifying.to(identifying, cond=_turn)
    confirm = identifying.to(sealing, cond=_turn)
    seal = sealing.to(signed)
    seal_failed = sealing.to(opened)
    decline = waiting.to(declined, cond=_turn) | opened.to(declined, cond=_turn) | identifying.to(declined, cond=_turn)
    delegate = waiting.to(waiting) | opened.to(waiting) | identifying.to(waiting)
