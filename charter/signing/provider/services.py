"""Choosing the outside provider while the envelope is a draft, what it needs before it leaves, and a signatory's way to it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from sqlalchemy import delete

from charter.adapters import outbox
from charter.adapters.pdf.spots import spots
from charter.adapters.signer.provider import ADVANCED, QUALIFIED, ProviderRefused, SignerState
from charter.alliances.announce import announce
from charter.config import Settings
from charter.errors import Invalid, Refused
from charter.i18n import gettext
from charter.signing.models import Envelope, Signatory
from charter.signing.provider.choice import chosen
from charter.signing.provider.client import configured, the_provider
from charter.signing.provider.models import ProviderRequest, ProviderSigner
from charter.signing.services.ceremony import enter, note
from charter.signing.services.envelopes import held
from charter.signing.services.reading import check_read
from charter.signing.services.turns import turn_facts
from charter.work import Engine, Work
from workflows.base import N_, Missing, fire
from workflows.events import ProviderChosen
from workflows.signing import EnvelopeStatus, SignatoryChart, SignatoryStatus

JOB = "signing.provider"
LOOK_EVERY = timedelta(minutes=15)
BACK_SOON = timedelta(minutes=20)
"""How long after somebody left for the provider their page asks by itself whether they have signed."""
NEEDS_PHONE = (ADVANCED, QUALIFIED)
"""Levels at which the provider writes to a mobile phone: a code, or a face to show."""
PHONE = re.compile(r"\+[1-9]\d{7,14}")
NOT_YET = N_("%(provider)s prépare encore la signature : revenez dans quelques minutes. Rien n’est perdu.")


def choose(work: Work, envelope: Envelope, *, provider: bool) -> None:
    """Who gathers the signatures: the configured provider, or the product itself. Raises Refused once sent, or when none is configured."""
    alliance = held(work, envelope)
    if envelope.status != EnvelopeStatus.draft:
        raise Refused(N_("L’envoi à la signature a déjà eu lieu : rien n’y change plus. Pour changer quelque chose, annulez l’envoi."))
    found = chosen(work, envelope)
    if provider == (found is not None):
        return
    if found is not None:
        work.session.execute(delete(ProviderSigner).where(ProviderSigner.request_id == found.id))
        work.session.delete(found)
        announce(work, alliance, ProviderChosen(envelope=envelope.ref))
        return
    offer = work.settings.signature_provider
    if offer is None:
        raise Refused(N_("Aucun prestataire de signature n’est proposé par ce service."))
    work.add(ProviderRequest(envelope=envelope, provider=offer.name, level=offer.level, created_at=work.now()))
    announce(work, alliance, ProviderChosen(envelope=envelope.ref, provider=offer.name, level=offer.level))


def set_phone(work: Work, signatory: Signatory, typed: str) -> None:
    """The mobile phone at which the provider identifies the signatory; empty forgets it. Raises Invalid (phone), Refused once sent."""
    envelope = signatory.envelope
    held(work, envelope)
    found = chosen(work, envelope)
    if found is None or envelope.status != EnvelopeStatus.draft:
        raise Refused(N_("Ce numéro ne sert qu’à un envoi en préparation, confié à un prestataire de signature."))
    phone = international(typed)
    own = signer_of(found, signatory)
    if own is None:
        work.add(ProviderSigner(request=found, signatory=signatory, phone=phone, person_id=signatory.person_id))
    else:
        own.phone, own.person_id = phone, signatory.person_id
    work.session.flush()


def international(typed: str) -> str:
    """A phone number in E.164 form (« 06 12 34 56 78 » is French). Raises Invalid (phone)."""
    phone = re.sub(r"[\s().\-\u00a0\u202f]", "", typed)
    if phone.startswith("00"):
        phone = f"+{phone[2:]}"
    elif re.fullmatch(r"0[1-9]\d{8}", phone):
        phone = f"+33{phone[1:]}"
    if phone and not PHONE.fullmatch(phone):
        raise Invalid({"phone": [gettext(N_("Écrivez un numéro de mobile complet, par exemple 06 12 34 56 78 ou +32 470 12 34 56"))]})
    return phone


def signer_of(request: ProviderRequest, signatory: Signatory) -> ProviderSigner | None:
    """The signatory as the provider will know them."""
    return next((one for one in request.signers if one.signatory_id == signatory.id), None)


def phone_of(request: ProviderRequest, signatory: Signatory) -> str:
    """The signatory's phone; empty when none was given, or when it is that of somebody named before them."""
    own = signer_of(request, signatory)
    return own.phone if own is not None and own.person_id == signatory.person_id else ""


def missing(work: Work, envelope: Envelope) -> tuple[Missing, ...]:
    """What the provider needs before the envelope leaves; nothing when the product signs itself."""
    found = chosen(work, envelope)
    if found is None:
        return ()
    lacks: list[Missing] = []
    if not _still_offered(work.settings, found):
        text = N_("%(provider)s n’est plus proposé au niveau choisi : choisissez de nouveau qui recueille les signatures")
        lacks.append(Missing(text, params={"provider": found.provider}))
    for one in envelope.signatories:
        params, who = {"name": one.name, "party": one.organisation, "provider": found.provider}, (one.organisation,)
        if len(one.name.split()) < 2:
            text = N_("%(provider)s demande un prénom et un nom : « %(name)s » n’en donne qu’un, pour %(party)s")
            lacks.append(Missing(text, who=who, params=params))
        if found.level in NEEDS_PHONE and not phone_of(found, one):
            text = N_("%(provider)s identifie chaque signataire par son téléphone mobile : indiquez celui de %(name)s, pour %(party)s")
            lacks.append(Missing(text, who=who, params=params))
    return tuple(lacks)


def ready(work: Work, envelope: Envelope) -> None:
    """Before the envelope leaves. Raises Refused saying what the provider lacks, or whose place in a document cannot be found."""
    lacks = missing(work, envelope)
    if lacks:
        raise Refused(N_("Il manque encore ce que demande le prestataire de signature."), lacks)
    if chosen(work, envelope) is None:
        return
    for document in envelope.documents:
        places = spots(work.storage.get(document.original_sha256))
        for one in envelope.signatories:
            if one.field not in places:
                text = N_("« %(title)s » n’a pas d’emplacement de signature pour %(party)s : refaites les documents")
                raise Refused(missing=[Missing(text, params={"title": document.title, "party": one.organisation})])


def nudge(work: Work, request: ProviderRequest, why: str) -> None:
    """Has the request looked at by a worker, at once. `why` tells this look from those asked at the same instant."""
    payload = {"provider_request_id": request.id}
    outbox.put(work, JOB, subject=f"provider:{request.id}:{why}", payload=payload, alliance_id=request.envelope.alliance_id)


@dataclass(frozen=True)
class Passage:
    """The way of one signatory to the provider: the ids it knows them by."""

    signatory_id: int
    provider: str
    request_id: str
    signer_id: str


def passage(work: Work, signatory: Signatory) -> Passage:
    """Who acts may leave for the provider. Raises as `enter` (ceremony.py), Invalid before reading, Refused (not ready there)."""
    enter(work, signatory)
    found = chosen(work, signatory.envelope)
    if found is None:
        raise Refused(N_("Ces documents se signent ici."))
    check_read(work, signatory)
    own = signer_of(found, signatory)
    if own is None or not own.remote_id or found.activated_at is None:
        raise Refused(NOT_YET, provider=found.provider)
    return Passage(signatory.id, found.provider, found.request_id, own.remote_id)


def link(engine: Engine, way: Passage) -> str:
    """A link of now to the provider's page; asked in no transaction. Raises ProviderAway, ProviderRefused, Refused (not yet)."""
    found: SignerState = the_provider(engine.settings).signer(way.request_id, way.signer_id)
    if not found.link:
        raise Refused(NOT_YET, provider=way.provider)
    expected, given = urlsplit(configured(engine.settings).links), urlsplit(found.link)
    if (given.scheme, given.netloc) != (expected.scheme, expected.netloc):
        raise ProviderRefused(502, f"a link on {given.netloc[:80]}")
    return found.link


def leave(work: Work, way: Passage, address: str = "", browser: str = "") -> None:
    """Records that the signatory leaves for the provider's page. Raises as `passage`: things may have moved meanwhile."""
    signatory = work.get(Signatory, way.signatory_id)
    passage(work, signatory)
    if signatory.status == SignatoryStatus.opened:
        fire(SignatoryChart, signatory, "send_code", turn_facts(signatory))
    note(work, signatory, "left", address, browser, way.provider)


def coming(work: Work, envelope: Envelope, person_id: int) -> bool:
    """True while news of the provider is a matter of seconds: the files all have signed come home, or that person is just back."""
    found = chosen(work, envelope)
    if found is None or found.trouble or envelope.status != EnvelopeStatus.sent:
        return False
    since = work.now() - BACK_SOON
    own = (one for one in envelope.signatories if one.person_id == person_id and one.status == SignatoryStatus.identifying)
    return envelope.all_signed or any(step.kind == "left" and step.at > since for one in own for step in one.steps)


def _still_offered(settings: Settings, found: ProviderRequest) -> bool:
    offer = settings.signature_provider
    return offer is not None and (offer.name, offer.level) == (found.provider, found.level)
