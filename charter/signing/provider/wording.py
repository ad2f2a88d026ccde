"""What is said of the provider: whose level it is, where things stand there, what is wrong. What it claims is told as its claim."""

from __future__ import annotations

from charter.adapters.signer.provider import LEVELS
from charter.i18n import gettext
from charter.signing.models import Envelope, Signatory
from charter.signing.provider.choice import chosen
from charter.signing.provider.models import ProviderRequest
from charter.work import Work
from workflows.base import N_
from workflows.signing import SignatoryStatus

TROUBLES = {
    "away": N_(
        "%(provider)s ne répond pas pour le moment. Rien n’est perdu : l’application réessaie d’elle-même, "
        "et rien ne sera signé autrement en attendant."
    ),
    "refused": N_("%(provider)s refuse la demande. La personne qui administre ce service doit intervenir, ou annulez l’envoi."),
    "spoiled": N_(
        "Le fichier rendu par %(provider)s n’est pas celui qui lui a été confié, ou ses signatures ne tiennent pas : il n’est pas accepté. "
        "Annulez l’envoi, et prévenez la personne qui administre ce service."
    ),
    "unsigned": N_(
        "Dans le fichier rendu par %(provider)s, la signature d’une personne manque ou n’est pas à son nom : il n’est pas accepté. "
        "Annulez l’envoi, écrivez les noms comme sur les pièces d’identité, et envoyez de nouveau."
    ),
    "expired": N_("Le délai pour signer chez %(provider)s est passé. Prolongez l’échéance pour rouvrir la demande, ou annulez l’envoi."),
    "departed": N_(
        "Tout le monde a signé chez %(provider)s, mais une partie nommée dans les documents a quitté l’alliance : annulez l’envoi."
    ),
    "late": N_(
        "L’annulation est venue trop tard chez %(provider)s, où tout le monde avait déjà signé. Ces signatures ne sont pas reprises ici."
    ),
}


def level_label(level: str) -> str:
    """« signature électronique avancée », in the current language; an unknown level by its code."""
    return gettext(LEVELS[level]) if level in LEVELS else level


def claim(request: ProviderRequest) -> str:
    """Which level is used, and whose word that is."""
    text = N_("%(level)s, recueillie par %(provider)s et telle que ce prestataire la déclare")
    said = gettext(text, level=level_label(request.level), provider=request.provider)
    return said[:1].upper() + said[1:]


def trouble(request: ProviderRequest) -> str:
    """What is wrong and what to do, empty when all is well."""
    return gettext(TROUBLES[request.trouble], provider=request.provider) if request.trouble in TROUBLES else ""


def step_names(work: Work, envelope: Envelope) -> list[str]:
    """The ceremony's steps when the provider takes the last; empty when all are here."""
    found = chosen(work, envelope)
    return [gettext(N_("Lire")), gettext(N_("Signer chez %(provider)s"), provider=found.provider)] if found else []


def status_label(request: ProviderRequest, signatory: Signatory) -> str:
    """Where a signatory stands, when not as for our own signature; else empty."""
    if signatory.status == SignatoryStatus.identifying:
        return gettext(N_("Est allé signer chez %(provider)s"), provider=request.provider)
    if signatory.status == SignatoryStatus.signed:
        return gettext(N_("A signé chez %(provider)s"), provider=request.provider)
    return ""
