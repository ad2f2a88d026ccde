"""What the evidence says of an outside provider: what it was given and gave back, what it claims, and that this is its word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from charter.adapters.signer.provider import ADVANCED, QUALIFIED
from charter.i18n import gettext
from charter.signing.models import Envelope, Signatory
from charter.signing.provider import wording
from charter.signing.provider.checking import INCREMENTAL
from charter.signing.provider.choice import chosen
from charter.signing.provider.client import configured
from charter.work import Work
from workflows.base import N_

Data = dict[str, Any]
CLAIMED = {ADVANCED: "advanced", QUALIFIED: "qualified"}


def told(work: Work, envelope: Envelope) -> Data | None:
    """The provider's part of preuve.json, in the current language; None when the product signed itself."""
    found = chosen(work, envelope)
    if found is None:
        return None
    offer = work.settings.signature_provider
    return {
        "name": found.provider,
        "level": {"eidas": CLAIMED.get(found.level, "simple"), "label": wording.claim(found), "claimed_by": found.provider},
        "request": found.request_id,
        "roots_pem": configured(work.settings).roots.read_text() if offer and offer.name == found.provider else "",
        "documents": [
            {
                "kind": one.document.kind,
                "id": one.remote_id,
                "sent_sha256": one.sent_sha256,
                "returned_sha256": one.returned_sha256,
                "likeness": one.likeness,
            }
            for one in found.documents
        ],
        "signers": [
            {"signatory": one.signatory.ref, "name": one.signatory.name, "id": one.remote_id, "audit_trail": trail_name(one.signatory.ref)}
            for one in found.signers
        ],
    }


def pieces(work: Work, envelope: Envelope, only: Signatory | None = None) -> dict[str, str]:
    """The provider's own records (of one signatory), by their name in the bundle: their SHA-256."""
    found = chosen(work, envelope)
    kept = [one for one in found.signers if one.audit_sha256 and only in (None, one.signatory)] if found else []
    return {trail_name(one.signatory.ref): one.audit_sha256 for one in kept}


def trail_name(ref: str) -> str:
    """The provider's record of a signature, in the bundle."""
    return f"prestataire/{ref}.pdf"


def proves(provider: Data) -> Iterator[str]:
    """What holds of signatures gathered by the provider."""
    yield gettext(N_("Chaque signataire s’est connecté ici à un compte d’adresse électronique vérifiée avant d’aller signer."))
    if all(one["likeness"] == INCREMENTAL for one in provider["documents"]):
        yield gettext(N_("Les fichiers signés commencent, octet pour octet, par les documents envoyés : ce sont eux qui ont été signés."))
    else:
        text = N_("Les fichiers signés ont été réécrits par %(provider)s ; leurs pages, leur texte et leurs pièces jointes sont les mêmes.")
        yield gettext(text, provider=provider["name"])
    text = N_("Les signatures sont valables sous les autorités de %(provider)s que reconnaît la personne qui administre ce service.")
    yield gettext(text, provider=provider["name"])
    if provider["level"]["eidas"] != "simple":
        text = N_("Chaque signature est faite sous un certificat au nom de son signataire, que %(provider)s ou son autorité a délivré.")
        yield gettext(text, provider=provider["name"])


def unchecked(provider: Data, documents: Sequence[Data]) -> Iterator[str]:
    """What whoever checks the dossier cannot check in it, said by `verifier.py`; `documents` as in preuve.json, their seals read."""
    text = N_("Le niveau, l’identité des signataires et leur consentement sont déclarés par %(provider)s ; rien ici ne les recalcule.")
    yield gettext(text, provider=provider["name"])
    if any(one["audit_trail"] for one in provider["signers"]):
        yield gettext(N_("Ses propres preuves (prestataire/) ont l’empreinte annoncée ; ce qu’elles disent reste à lire."))
    rewritten = {one["kind"] for one in provider["documents"] if one["likeness"] != INCREMENTAL}
    for one in documents:
        if one["kind"] in rewritten:
            text = N_("%(file)s a été réécrit avant d’être signé : comparez ses pages à celles du document envoyé.")
            yield gettext(text, file=one["name"])
        if any(each["token"] is None for each in one["revisions"]):
            yield gettext(N_("%(file)s : l’heure d’une signature au moins est déclarée, sans horodatage."), file=one["name"])
        if one["size"] > max((each["covers"] for each in _messages(one)), default=0):
            text = N_("%(file)s : la fin du fichier n’est sous aucune signature ; elle y était quand %(provider)s l’a rendu.")
            yield gettext(text, file=one["name"], provider=provider["name"])


def _messages(document: Data) -> Iterator[Data]:
    for one in (*document["revisions"], *document["archives"]):
        if one["message"]:
            yield one["message"]


def limits(provider: Data) -> Iterator[str]:
    """What is the provider's word, not this service's."""
    text = N_(
        "Le niveau de signature, l’identification des signataires et leur consentement sont ceux que déclare %(provider)s : "
        "ce service ne les a pas contrôlés. Ses propres preuves sont jointes, telles qu’il les a rendues."
    )
    yield gettext(text, provider=provider["name"])
    text = N_("L’heure des signatures et les clés qui les ont faites sont celles de %(provider)s.")
    yield gettext(text, provider=provider["name"])
    text = N_(
        "Ce service n’a rien ajouté aux fichiers signés, pas même d’horodatage d’archivage : leurs signatures se vérifient aussi "
        "longtemps que le permettent les certificats de %(provider)s. "
        "C’est ce dossier qu’il horodate, et qui désigne les fichiers par leur empreinte."
    )
    yield gettext(text, provider=provider["name"])
