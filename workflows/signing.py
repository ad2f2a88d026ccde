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
identifying                  confirm      sealing      the code is right, the will is stated
sealing                      seal         signed       the seal is in the document
sealing                      seal_failed  opened       it could not be made: start again
waiting, opened, identifying decline      declined
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from statemachine import State

from workflows.base import N_, Chart, Missing, needs


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


@dataclass(frozen=True)
class SignatoryFacts:
    """``person``: the opaque id of who signs, empty when not known to the caller."""

    name: str
    party: str
    status: SignatoryStatus = SignatoryStatus.waiting
    person: str = ""


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


def everybody_signed(facts: EnvelopeFacts) -> Iterator[Missing]:
    for signatory in facts.signatories:
        if signatory.status != SignatoryStatus.signed:
            params = {"name": signatory.name, "party": signatory.party}
            yield Missing(N_("Signature de %(name)s attendue pour %(party)s"), who=(signatory.name,), params=params)


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

    open_ = waiting.to(opened) | opened.to(opened)
    send_code = opened.to(identifying) | identifying.to(identifying)
    confirm = identifying.to(sealing)
    seal = sealing.to(signed)
    seal_failed = sealing.to(opened)
    decline = waiting.to(declined) | opened.to(declined) | identifying.to(declined)
