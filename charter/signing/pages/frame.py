"""What the ceremony's pages share: whose place it is, where they belong now, and where things stand, in words."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import current_work, me, page, standing
from charter.i18n import format_datetime, format_time, gettext, say
from charter.signing import services
from charter.signing.answers import the_envelope
from charter.signing.models import Signatory
from charter.signing.provider.choice import chosen
from charter.signing.provider.wording import step_names
from charter.signing.schemas import SignatoryView, for_page
from charter.signing.services import codes, identity, passkeys
from charter.signing.services.ceremony import ENDED
from charter.signing.services.envelopes import may_sign
from workflows.base import N_
from workflows.signing import EnvelopeStatus, SignatoryStatus

READ = (SignatoryStatus.opened, SignatoryStatus.identifying)
DONE = (SignatoryStatus.sealing, SignatoryStatus.signed, SignatoryStatus.declined)

SEALING = N_("Vous avez déjà signé, le %(at)s : une signature suffit. Elle est en train d’être apposée dans les documents.")
SIGNED = N_("Vous avez déjà signé ces documents, le %(at)s. Une signature suffit : rien d’autre n’est attendu de vous.")
DECLINED = N_("Vous avez refusé de signer ces documents, le %(at)s.")
IDENTIFIED = {
    "code": N_("Rien n’est encore signé. Votre code était le bon : vous êtes identifié jusqu’à %(until)s (heure de Paris)."),
    "passkey": N_("Rien n’est encore signé. Votre clé d’accès vous a identifié jusqu’à %(until)s (heure de Paris)."),
}


def mine() -> Signatory:
    """The visitor's own place. Raises Forbidden telling who is expected."""
    return services.mine(the_envelope(), me(), standing().party)


def to(endpoint: str) -> Response:
    """To another page of this signature."""
    return redirect(url_for(endpoint, alliance_ref=standing().alliance.ref))


def done(own: Signatory) -> Response:
    """Tells somebody who has signed, or refused, that they have."""
    flash(done_words(own), "info")
    return to("signing.show")


def done_words(own: Signatory) -> str:
    """The same, in a sentence."""
    if own.status == SignatoryStatus.declined:
        return gettext(DECLINED, at=_at(own.declined_at))
    if own.status == SignatoryStatus.sealing and own.envelope.status != EnvelopeStatus.sent:
        return gettext(ENDED[own.envelope.status])  # another refused, or all was taken back, before it was affixed
    text = SEALING if own.status == SignatoryStatus.sealing else SIGNED
    return gettext(text, at=_at(own.confirmed_at))


def elsewhere(own: Signatory, *, needs_reading: bool = False, needs_identity: bool = False) -> Response | None:
    """Where the person belongs when this step is not (or no longer) theirs; None when it is."""
    status = own.envelope.status
    if own.status in DONE:
        return done(own)
    if status != EnvelopeStatus.sent:
        flash(gettext(ENDED[status]), "warning")
        return to("signing.show")
    if services.departed(own.envelope):
        return to("signing.show")
    if not may_sign(own):
        text = N_("Vous n’êtes plus une personne habilitée à signer pour %(party)s. Demandez à son référent alliance.")
        flash(gettext(text, party=own.organisation), "warning")
        return to("signing.show")
    waits = services.turn_of(own.envelope, own)
    if waits:
        missing = [{"what": say(one), "who": list(one.who)} for one in waits]
        return page(
            "signing/waiting.html",
            missing=missing,
            documents=for_page(own.envelope)["documents"],
            leave=gettext(N_("Quitter")),
            **frame(own, 0),
        )
    if needs_reading and (own.status not in READ or services.unread(current_work(), own)):
        return to("signing.ceremony")
    if needs_reading and chosen(current_work(), own.envelope):
        return to("signing_provider.passage")
    if needs_identity and not services.identified(current_work(), own):
        return to("signing.identity")
    return None


def frame(own: Signatory, step: int) -> dict[str, Any]:
    """What every page of the ceremony shows; `state` says in words where things stand."""
    work = current_work()
    return {
        "signatory": {**SignatoryView().dump(own), "email": own.email},
        "envelope": for_page(own.envelope),
        "step": step,
        "step_names": step_names(work, own.envelope),
        "code_sent": own.status == SignatoryStatus.identifying and codes.last(work, own) is not None,
        "identified": services.identified(work, own),
        "passkey": passkeys.usable(work, own),
        "state": state(own, step),
    }


def state(own: Signatory, step: int) -> str:
    """Where things stand for the person at that step, in a sentence or two."""
    if own.status in DONE:
        return done_words(own)
    if step == 1:
        return _reading(own)
    return _identifying(own) if step else gettext(N_("Rien n’est signé, et rien n’est refusé tant que vous n’appuyez pas sur le bouton."))


def _reading(own: Signatory) -> str:
    titles = [gettext(N_("« %(title)s »"), title=one.title) for one in services.unread(current_work(), own)]
    if titles:
        return gettext(N_("Rien n’est signé. Il vous reste à lire jusqu’au bout %(documents)s."), documents=titles)
    return gettext(N_("Rien n’est signé. Vous avez lu les documents jusqu’au bout : vous pouvez continuer."))


def _identifying(own: Signatory) -> str:
    work = current_work()
    proof = identity.proved(work, own) if own.status == SignatoryStatus.identifying else None
    if proof is not None:
        return gettext(IDENTIFIED[identity.method(proof)], until=format_time(identity.expires_at(proof)))
    code = codes.last(work, own)
    if code is None or own.status != SignatoryStatus.identifying or code.proved_at:
        return gettext(N_("Rien n’est signé. Il reste à vous identifier, puis à signer."))
    return gettext(codes.standing(work, code), sent=format_time(code.created_at), until=format_time(code.expires_at))


def _at(at: Any) -> str:
    return format_datetime(at) if at else ""
