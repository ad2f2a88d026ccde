"""The ceremony's ends: sign, or decline; and who may be there at all. Only the named person's own account does any of it: a link signs
nothing. `reading` and `identifying` come before."""

from __future__ import annotations

import hashlib

from sqlalchemy import func, select

from charter.accounts.models import Person
from charter.alliances.announce import announce
from charter.alliances.models import Alliance, Party
from charter.errors import Conflict, Forbidden, Gone, Invalid, Refused
from charter.i18n import LOCALES, gettext, speaking
from charter.signing.models import Envelope, Signatory, SigningStep
from charter.signing.provider.choice import signed_here
from charter.signing.services import identity
from charter.signing.services.envelopes import held, may_sign, signable
from charter.signing.services.lasting import check_lasting
from charter.signing.services.turns import check_turn, turn_facts
from charter.work import Work
from workflows.base import N_, Missing, fire
from workflows.events import SignatureConfirmed, SignatureDeclined
from workflows.signing import EnvelopeChart, EnvelopeStatus, SignatoryChart, SignatoryStatus

EXPECTED = N_(
    "Cette signature est attendue de %(name)s, pour %(party)s, et d’elle seule : %(name)s doit se connecter avec son propre compte."
)
ENDED = {
    EnvelopeStatus.draft: N_("Les documents ne sont pas encore envoyés à la signature."),
    EnvelopeStatus.completed: N_("Tout le monde a signé : il n’y a plus rien à signer ici."),
    EnvelopeStatus.declined: N_("Une partie a refusé de signer : ces documents ne seront pas signés."),
    EnvelopeStatus.voided: N_("L’envoi à la signature a été annulé : ces documents ne seront pas signés."),
}


class AlreadySigned(Conflict):
    """The person's one signature is given already: by a second click, in another window, on another device."""

    def __init__(self) -> None:
        super().__init__(N_("Vous avez déjà signé : une signature suffit."))


def mine(envelope: Envelope, person: Person, party: Party | None = None) -> Signatory:
    """The person's own place in the envelope. Raises Forbidden telling who is expected, for `party` when the person has one."""
    own = next((one for one in envelope.signatories if one.person_id == person.id), None)
    if own is not None:
        return own
    expected = next((one for one in envelope.signatories if party is not None and one.party_id == party.id), None)
    if expected is None:
        raise Forbidden(N_("Aucune signature n’est attendue de vous dans cette alliance."))
    raise Forbidden(EXPECTED, name=expected.name, party=expected.organisation)


def sentence(signatory: Signatory) -> str:
    """What the person declares by signing, in the current language; shown, then recorded word for word."""
    titles = [gettext(N_("« %(title)s »"), title=document.title) for document in signatory.envelope.documents]
    text = N_(
        "Moi, %(name)s, %(title)s, je déclare avoir lu %(documents)s, en accepter les termes, "
        "avoir le pouvoir d’engager %(party)s et vouloir signer en son nom."
    )
    if signatory.delegate_of:
        text = N_(
            "Moi, %(name)s, %(title)s, par délégation de %(holder)s, je déclare avoir lu %(documents)s, en accepter les termes, "
            "avoir le pouvoir d’engager %(party)s et vouloir signer en son nom."
        )
    said = {"name": signatory.name, "title": signatory.title, "holder": signatory.delegate_of, "party": signatory.organisation}
    return gettext(text, documents=titles, **said)


def confirm(work: Work, signatory: Signatory, consent_sentence: str, address: str = "", browser: str = "") -> None:
    """The person says yes: `consent_sentence` is what was on screen, word for word. Sealing follows by itself.

    Raises AlreadySigned the second time, Gone when the identification is over, Conflict when the sentence is another, Forbidden,
    Refused when the first signature is too old.
    """
    alliance = enter(work, signatory)
    signed_here(work, signatory.envelope)
    check_lasting(work, signatory.envelope)
    proof = identity.proved(work, signatory)
    if proof is None:
        raise Gone(N_("Votre identification a expiré : rien n’a été signé. Identifiez-vous de nouveau, puis signez."))
    if consent_sentence.strip() not in _sentences(signatory):
        raise Conflict(N_("La phrase de consentement a changé depuis l’affichage de la page. Relisez-la : rien n’a été signé."))
    now = work.now()
    identity.spend(work, signatory, proof, now)
    fire(SignatoryChart, signatory, "confirm", turn_facts(signatory))
    signatory.confirmed_at, signatory.consent_sentence, signatory.trouble = now, consent_sentence.strip(), ""
    note(work, signatory, "confirmed", address, browser)
    announce(
        work,
        alliance,
        SignatureConfirmed(
            envelope=signatory.envelope.ref,
            signatory=signatory.ref,
            party=signatory.party.ref,
            documents=signatory.envelope.fingerprints,
            consent_sha256=hashlib.sha256(signatory.consent_sentence.encode()).hexdigest(),
        ),
    )


def decline(work: Work, signatory: Signatory, reason: str, address: str = "", browser: str = "") -> None:
    """The person refuses to sign: the envelope ends and the alliance returns to the contract.

    Raises Invalid (reason), NotNow, Forbidden, Gone.
    """
    alliance = enter(work, signatory, to_sign=False)
    if len(reason.strip()) < 3:
        raise Invalid({"reason": [gettext(N_("Dites en quelques mots pourquoi vous ne signez pas : les autres parties en ont besoin"))]})
    fire(SignatoryChart, signatory, "decline", turn_facts(signatory))
    fire(EnvelopeChart, signatory.envelope, "decline")
    signatory.declined_at, signatory.decline_reason = work.now(), reason.strip()[:2000]
    signatory.envelope.ended_at, signatory.envelope.end_reason = work.now(), signatory.decline_reason
    note(work, signatory, "declined", address, browser)
    told = SignatureDeclined(
        envelope=signatory.envelope.ref, signatory=signatory.ref, party=signatory.party.ref, reason=signatory.decline_reason
    )
    announce(work, alliance, told)


def note(work: Work, signatory: Signatory, kind: str, address: str = "", browser: str = "", detail: str = "") -> None:
    """Writes a step of the way to the signature."""
    step = SigningStep(
        signatory_id=signatory.id, kind=kind, at=work.now(), address=address[:64], browser=browser[:300], detail=detail[:300]
    )
    work.add(step)


def times(work: Work, signatory: Signatory, kind: str) -> int:
    """How many steps of that kind the signatory went through."""
    count = select(func.count()).where(SigningStep.signatory_id == signatory.id, SigningStep.kind == kind)
    return work.session.scalar(count) or 0


def enter(work: Work, signatory: Signatory, *, to_sign: bool = True) -> Alliance:
    """Under the alliance's lock: the envelope is out and may still be signed, and it is the named person, still entitled, who acts.

    Raises Forbidden, Gone, Refused, and AlreadySigned when they come `to_sign` again.
    """
    alliance = held(work, signatory.envelope)
    if work.actor.person_id != signatory.person_id:
        raise Forbidden(EXPECTED, name=signatory.name, party=signatory.organisation)
    if to_sign and signatory.status in (SignatoryStatus.sealing, SignatoryStatus.signed):
        raise AlreadySigned
    status = signatory.envelope.status
    if status != EnvelopeStatus.sent:
        raise Gone(ENDED[status])
    if not may_sign(signatory):
        text = N_("Vous n’êtes plus une personne habilitée à signer pour %(party)s. Demandez à son référent alliance.")
        raise Refused(
            text, [Missing(text, who=(signatory.organisation,), params={"party": signatory.organisation})], party=signatory.organisation
        )
    if to_sign:
        signable(signatory.envelope)
    check_turn(signatory)
    return alliance


def _sentences(signatory: Signatory) -> set[str]:
    """The sentence in each language it may have been read in."""
    said = set()
    for language in LOCALES:
        with speaking(language):
            said.add(sentence(signatory))
    return said
