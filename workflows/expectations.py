"""Who is expected to do what, now: one list for the whole alliance, stage by stage.

``todo.py`` splits this list between « à faire » (mine) and « on attend » (the others').
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from workflows.base import N_, blocking
from workflows.contracts import ContractStatus
from workflows.drafting_expectations import on_the_text
from workflows.evaluation import CheckpointStatus, Verdict, answers_are_shown, awaited_parties
from workflows.expected import Expected
from workflows.facts import AllianceFacts, CheckpointState
from workflows.lifecycle import AllianceChart, AllianceStatus
from workflows.proposals import PartyStatus
from workflows.roles import Role
from workflows.signing import AWAITED, EnvelopeStatus, SignatoryFacts, SignatoryStatus, TurnFacts, one_signatory_a_party, waits_for
from workflows.signing_expectations import of_unentitled, of_visa
from workflows.visas import visa_missing

APPLICATION = N_("L’application")
CALENDAR = N_("Le calendrier")


def expectations(facts: AllianceFacts) -> tuple[Expected, ...]:
    """All that is awaited, in the order it should be shown; never empty while the alliance lives."""
    stage = STAGES.get(facts.status)
    if stage is None:
        return ()
    return tuple(stage(facts)) or (_take_stock(facts),)


def of_proposal(facts: AllianceFacts) -> Iterator[Expected]:
    url = {"alliance": facts.ref}
    invited = [party.name for party in facts.parties if party.status == PartyStatus.invited]
    yield from _newcomers(facts)
    yield from without_signatory(facts, "proposals.show", url)
    if len(facts.accepted) + len(invited) < 2:
        yield _invite(facts)
    if not facts.model_chosen:
        wait = N_("choisir le modèle de partenariat")
        yield Expected("proposal.model", N_("Choisissez le modèle de partenariat"), wait, "proposals.model", url)
    if not blocking(AllianceChart, facts, "begin_drafting", facts.proposal):
        yield Expected("proposal.begin", N_("Lancez la co-rédaction"), N_("lancer la co-rédaction"), "proposals.begin", url)


def _newcomers(facts: AllianceFacts) -> Iterator[Expected]:
    """Those invited answer, those who are in declare: in the proposal, and when a party is invited while the charter is written."""
    url = {"alliance": facts.ref}
    for party in facts.parties:
        if party.status == PartyStatus.invited:
            wait = N_("répondre à l’invitation")
            yield Expected("proposal.answer", N_("Répondez à l’invitation"), wait, "proposals.answer", url, party.name)
    for party in facts.accepted:
        if not party.declared:
            order, wait = N_("Faites la déclaration de %(party)s"), N_("faire sa déclaration")
            yield Expected("proposal.declare", order, wait, "proposals.declaration", url, party.name, params={"party": party.name})


def of_drafting(facts: AllianceFacts) -> Iterator[Expected]:
    yield from _newcomers(facts)
    if len(facts.accepted) < 2:
        yield _invite(facts)
    yield from on_the_text(facts)


def of_contract(facts: AllianceFacts) -> Iterator[Expected]:
    contract, url = facts.contract, {"alliance": facts.ref}
    if contract is None:
        return
    if len(facts.accepted) < 2:
        order, wait = (
            N_("Mettez fin à l’alliance : il n’y reste qu’une partie"),
            N_("mettre fin à l’alliance, où il ne reste qu’une partie"),
        )
        yield Expected("alliance.abandon", order, wait, "proposals.abandon", url)
        return
    if contract.status in (ContractStatus.draft, ContractStatus.ready):
        yield from _blanks(facts)
        yield from without_signatory(facts, "contracts.show", url)
    complete = not contract.missing and all(party.has_signatory for party in facts.accepted)
    if contract.status == ContractStatus.draft and complete:
        order, wait = N_("Demandez la mise en page du contrat"), N_("demander la mise en page du contrat")
        yield Expected("contract.render", order, wait, "contracts.show", url)
    elif contract.status == ContractStatus.rendering:
        yield Expected("", "", N_("mettre le contrat en page"), "contracts.show", url, who=APPLICATION)
    elif contract.status == ContractStatus.ready and complete:
        order, wait = N_("Relisez le contrat, puis figez-le"), N_("relire et figer le contrat")
        yield Expected("contract.freeze", order, wait, "contracts.freeze", url)


def _blanks(facts: AllianceFacts) -> Iterator[Expected]:
    """One expectation a party, whatever the number of blanks."""
    holders = [blank.who for blank in facts.contracting.missing]
    for name in dict.fromkeys(holders):
        order, wait = (
            N_("Complétez ce qui vous revient dans le contrat (%(n)s)"),
            N_("compléter ce qui lui revient dans le contrat (%(n)s)"),
        )
        params = {"n": holders.count(name)}
        yield Expected("contract.edit", order, wait, "contracts.show", {"alliance": facts.ref}, name, params=params)


def of_signature(facts: AllianceFacts) -> Iterator[Expected]:
    envelope, url = facts.envelope, {"alliance": facts.ref}
    if envelope is not None and envelope.departed and envelope.status in (EnvelopeStatus.draft, EnvelopeStatus.sent):
        order = N_("Annulez l’envoi et refaites le contrat : %(party)s a quitté l’alliance")
        wait = N_("annuler l’envoi et refaire le contrat")
        yield Expected("signing.void", order, wait, "signing.voiding", url, params={"party": ", ".join(envelope.departed)})
    elif envelope is None or envelope.status == EnvelopeStatus.draft:
        lacking = list(one_signatory_a_party(facts.signing)) if envelope else []
        for name in (lack.who[0] for lack in lacking):
            yield _name_signatory(name, "signing.prepare", url)
        unentitled = [one for one in envelope.signatories if not one.entitled] if envelope else []
        for one in unentitled:
            yield of_unentitled(one, "signing.prepare", url, attended=_attended(facts, one.party))
        if not lacking and not unentitled:
            wait = N_("envoyer les documents à la signature")
            yield Expected("signing.prepare", N_("Envoyez les documents à la signature"), wait, "signing.prepare", url)
    elif envelope.status in (EnvelopeStatus.sent, EnvelopeStatus.completed):
        for signatory in envelope.signatories:
            yield from _of_signatory(facts, signatory, url)
        if all(signatory.status == SignatoryStatus.signed for signatory in envelope.signatories):
            yield Expected("", "", N_("réunir le dossier de preuve"), "signing.show", url, who=APPLICATION)
        yield from _overdue(facts, url)


def _attended(facts: AllianceFacts, name: str) -> bool:
    """False for a party that has no referent any more."""
    return any(Role.referent in member.roles for party in facts.accepted if party.name == name for member in party.members)


def _overdue(facts: AllianceFacts, url: Mapping[str, str]) -> Iterator[Expected]:
    """The deadline is over and somebody is awaited: those who lead give more time or take the envelope back."""
    envelope = facts.envelope
    if envelope is None or envelope.status != EnvelopeStatus.sent or envelope.due is None or facts.today <= envelope.due:
        return
    if any(one.status in AWAITED for one in envelope.signatories):
        order = N_("L’échéance des signatures est dépassée : prolongez-la, ou annulez l’envoi")
        wait = N_("prolonger l’échéance des signatures, qui est dépassée, ou annuler l’envoi")
        yield Expected("signing.prepare", order, wait, "signing.extending", url)


def _of_signatory(facts: AllianceFacts, signatory: SignatoryFacts, url: Mapping[str, str]) -> Iterator[Expected]:
    params, due = {"name": signatory.name, "party": signatory.party}, facts.envelope.due if facts.envelope else None
    if signatory.status == SignatoryStatus.sealing:
        wait = N_("apposer la signature de %(name)s")
        yield Expected("", "", wait, "signing.show", url, who=APPLICATION, params=params)
    elif signatory.status in AWAITED and not signatory.entitled:
        yield of_unentitled(signatory, "signing.show", url, attended=_attended(facts, signatory.party))
    elif signatory.status in AWAITED and visa_missing(signatory.visa):
        yield from of_visa(signatory, url, due)
    elif signatory.status in AWAITED and not waits_for(TurnFacts(signatory, facts.signing.signatories)):
        started = signatory.status == SignatoryStatus.identifying
        order = N_("Terminez votre signature pour %(party)s") if started else N_("Lisez et signez pour %(party)s")
        if signatory.delegate_of and not started:
            order = N_("Lisez et signez pour %(party)s, par délégation de %(holder)s")
            params = {**params, "holder": signatory.delegate_of}
        yield Expected(
            "signing.sign",
            order,
            N_("signer pour %(party)s"),
            "signing.ceremony",
            url,
            signatory.party,
            signatory.person or None,
            who=signatory.name,
            params=params,
            due=due,
        )


def of_evaluation(facts: AllianceFacts) -> Iterator[Expected]:
    url = {"alliance": facts.ref}
    live = [one for one in facts.checkpoints if one.status in (CheckpointStatus.open, CheckpointStatus.planned)]
    for checkpoint in live:
        if checkpoint.status == CheckpointStatus.open:
            yield from _of_checkpoint(facts, checkpoint)
    yield from _verdict(facts, bool(live))
    planned = sorted((one for one in live if one.status == CheckpointStatus.planned), key=lambda one: one.due)
    if planned:
        params = {"title": planned[0].title}
        wait = N_("ouvrir le point d’étape « %(title)s »")
        yield Expected("", "", wait, "evaluation.show", url, who=CALENDAR, params=params, due=planned[0].due)
    if not facts.checkpoints or all(one.status == CheckpointStatus.cancelled for one in facts.checkpoints):
        wait = N_("choisir les dates des points d’étape")
        yield Expected("evaluation.plan", N_("Choisissez les dates des points d’étape"), wait, "evaluation.plan", url)


def _of_checkpoint(facts: AllianceFacts, checkpoint: CheckpointState) -> Iterator[Expected]:
    url, params = {"alliance": facts.ref, "checkpoint": checkpoint.ref}, {"title": checkpoint.title}
    now = facts.checkpoint(checkpoint)
    if answers_are_shown(now):
        order, wait = N_("Publiez le bilan « %(title)s »"), N_("publier le bilan « %(title)s »")
        yield Expected("evaluation.review", order, wait, "evaluation.review", url, params=params)
        return
    for name in awaited_parties(now):
        order, wait = N_("Répondez au point d’étape « %(title)s »"), N_("répondre au point d’étape « %(title)s »")
        yield Expected("evaluation.answer", order, wait, "evaluation.answer", url, name, params=params, due=checkpoint.closes_on)


DECISIONS: Mapping[Verdict, tuple[str, str]] = {
    Verdict.redirect: (N_("Rouvrez la co-rédaction, comme le bilan en a décidé"), N_("rouvrir la co-rédaction")),
    Verdict.stop: (N_("Clôturez l’alliance, comme le bilan en a décidé"), N_("clôturer l’alliance")),
}


def _verdict(facts: AllianceFacts, more_to_come: bool) -> Iterator[Expected]:
    """What the latest review asks for; at the end of the plan somebody must say what comes next in any case."""
    reviewed = sorted((one for one in facts.checkpoints if one.status == CheckpointStatus.reviewed), key=lambda one: one.due)
    if not reviewed:
        return
    last, url = reviewed[-1], {"alliance": facts.ref}
    decision = DECISIONS.get(last.verdict) if last.verdict and not last.followed else None
    if decision:
        order, wait = decision
        yield Expected("evaluation.decide", order, wait, "evaluation.show", url)
    elif not more_to_come:
        order, wait = N_("Décidez de la suite et fixez de nouveaux points d’étape, ou clôturez l’alliance"), N_("décider de la suite")
        yield Expected("evaluation.decide", order, wait, "evaluation.plan", url)


def without_signatory(facts: AllianceFacts, endpoint: str, url: Mapping[str, str]) -> Iterator[Expected]:
    for party in facts.accepted:
        if not party.has_signatory:
            yield _name_signatory(party.name, endpoint, url)


def _name_signatory(name: str, endpoint: str, url: Mapping[str, str]) -> Expected:
    order, wait = N_("Désignez la personne habilitée à signer pour %(party)s"), N_("désigner la personne habilitée à signer")
    return Expected("party.members", order, wait, endpoint, url, name, params={"party": name})


def _invite(facts: AllianceFacts) -> Expected:
    order, wait = N_("Invitez au moins une autre partie"), N_("inviter au moins une autre partie")
    return Expected("proposal.invite", order, wait, "proposals.invite", {"alliance": facts.ref})


SHOW: Mapping[AllianceStatus, str] = {
    AllianceStatus.proposal: "proposals.show",
    AllianceStatus.drafting: "drafting.board",
    AllianceStatus.contract: "contracts.show",
    AllianceStatus.signature: "signing.show",
    AllianceStatus.evaluation: "evaluation.show",
}


def _take_stock(facts: AllianceFacts) -> Expected:
    """When nothing else is awaited, somebody still is: no alliance waits for nobody."""
    order, wait = N_("Faites le point sur l’étape en cours"), N_("faire le point sur l’étape en cours")
    return Expected("alliance.see", order, wait, SHOW[facts.status], {"alliance": facts.ref})


STAGES: Mapping[AllianceStatus, Callable[[AllianceFacts], Iterator[Expected]]] = {
    AllianceStatus.proposal: of_proposal,
    AllianceStatus.drafting: of_drafting,
    AllianceStatus.contract: of_contract,
    AllianceStatus.signature: of_signature,
    AllianceStatus.evaluation: of_evaluation,
}
