"""What a check says: page and API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields

from charter.adapters.signer import SignatureCheck, Trouble, Verdict, Verification
from charter.i18n import gettext, ngettext, say
from charter.i18n import lazy_gettext as _l
from charter.registry.known import Known
from charter.registry.services import Seen
from charter.signing.provider.wording import level_label
from workflows.base import N_
from workflows.signing import EnvelopeStatus

HEADLINES: Mapping[Verdict, tuple[str, str]] = {
    Verdict.VALID: ("ok", N_("Ce document est intact, et ses signatures sont reconnues")),
    Verdict.INCOMPLETE: ("warn", N_("Ce document est intact, mais toutes les signatures prévues n’y sont pas")),
    Verdict.INVALID: ("bad", N_("Une signature au moins de ce document n’est pas valable")),
    Verdict.UNTRUSTED: ("warn", N_("Cette plateforme ne connaît pas qui a certifié les signataires")),
    Verdict.ALTERED: ("bad", N_("Ce document a été modifié après avoir été signé")),
    Verdict.UNSIGNED: ("warn", N_("Ce document n’est pas signé électroniquement")),
    Verdict.UNREADABLE: ("bad", N_("Ce fichier ne peut pas être lu")),
    Verdict.TOO_BIG: ("bad", N_("Ce fichier est trop volumineux")),
}
KINDS = {"charter": N_("C’est une charte faite sur cette plateforme."), "contract": N_("C’est un contrat fait sur cette plateforme.")}
STANDINGS = {
    EnvelopeStatus.sent: N_("Des signatures sont encore attendues."),
    EnvelopeStatus.completed: N_("Toutes les signatures ont été réunies."),
    EnvelopeStatus.declined: N_("La signature a été refusée : ce document n’engage pas les parties."),
    EnvelopeStatus.voided: N_("L’envoi à la signature a été annulé : ce document n’engage pas les parties."),
}

STATES = {
    Trouble.STAMP: N_("l’horodatage n’est pas le sien"),
    Trouble.UNSTAMPED: N_("l’horodatage a été retiré"),
    Trouble.WEAK: N_("calcul que l’on sait contrefaire"),
    Trouble.REVOKED: N_("certificat révoqué"),
    Trouble.EXPIRED: N_("certificat hors de validité"),
    Trouble.UNDATED: N_("certificat terminé, date non prouvée"),
}
SERIOUS = frozenset(STATES) - {Trouble.UNDATED}


class FileForm(Schema):
    """The file to check."""

    file = fields.Raw(metadata={"label": _l(N_("Le fichier PDF à vérifier"))})


class SignatureView(Schema):
    """One signature. `time` is proven when `timestamp_ok`; `unchanged` is null until everything was analysed. `trouble` says why it is not
    to be relied on: stamp, unstamped, weak, revoked, expired, undated, unknown; empty otherwise. `revision` counts the states of the file
    from 1. `revoked`: when its certificate was revoked since, which takes nothing from a signature proven to be earlier; null otherwise."""

    field = fields.Str()
    name = fields.Str()
    organisation = fields.Str()
    capacity = fields.Str()
    time = fields.DateTime()
    timestamp_ok = fields.Bool()
    intact = fields.Bool()
    unchanged = fields.Bool(allow_none=True)
    trusted = fields.Bool()
    level = fields.Str()
    certification = fields.Bool()
    serial = fields.Str()
    trouble = fields.Function(lambda check: check.trouble.value)
    revision = fields.Int()
    revoked = fields.DateTime(allow_none=True)


class KnownView(Schema):
    """What this platform knows of the document. `missing`: organisations that signed a newer file of it; `exact`: this very file was made
    here; `latest`: it holds the newest one; `gathered_by`: the outside provider that had it signed, empty otherwise, and the level it
    claims (`claim`)."""

    kind = fields.Str()
    sent_at = fields.DateTime()
    signed = fields.Int()
    expected = fields.Int()
    missing = fields.List(fields.Str())
    exact = fields.Bool()
    latest = fields.Bool()
    status = fields.Function(lambda known: known.status.value)
    gathered_by = fields.Str()
    claim = fields.Str()


class ExaminationView(Schema):
    """A check. `verdict`: valid, incomplete, untrusted, invalid, altered, unsigned, unreadable, too_big; it may become « altered » until
    `full`."""

    sha256 = fields.Str()
    verdict = fields.Str()
    full = fields.Bool()
    failed = fields.Bool()
    reasons = fields.List(fields.Str())
    signatures = fields.List(fields.Nested(SignatureView))
    known = fields.Nested(KnownView, allow_none=True)


def as_api(seen: Seen) -> dict[str, Any]:
    """A check for ExaminationView."""
    found = seen.found
    return {
        "sha256": found.sha256,
        "verdict": found.verdict.value,
        "full": seen.full,
        "failed": seen.failed,
        "reasons": [say(one) for one in found.reasons],
        "signatures": found.signatures,
        "known": seen.known,
    }


def as_page(seen: Seen) -> dict[str, Any]:
    """A check in words."""
    found, known = seen.found, seen.known
    tone, headline = HEADLINES[found.verdict]
    pending = not seen.full and not seen.failed
    return {
        "sha256": found.sha256,
        "tone": "info" if pending and tone == "ok" else tone,
        "headline": gettext(_PENDING) if pending and tone == "ok" else gettext(headline),
        "reasons": [say(one) for one in found.reasons] if not (pending and tone == "ok") else [],
        "pending": pending,
        "failed": seen.failed,
        "signatures": [_signature(one) for one in found.signatures],
        "states": len(found.states),
        "archived": _archived(found),
        "known": _known(known) if known else None,
    }


_PENDING = N_("Les signatures sont bonnes ; ce qui a pu être ajouté entre elles est en cours d’examen")


def _signature(one: SignatureCheck) -> dict[str, Any]:
    good = one.intact and one.unchanged is not False
    return {
        "name": one.name,
        "organisation": one.organisation,
        "capacity": one.capacity,
        "certification": one.certification,
        "time": one.time,
        "proven": one.timestamp_ok,
        "level": one.level,
        "field": one.field,
        "serial": one.serial,
        "revision": one.revision,
        "tone": "bad" if not good or one.trouble in SERIOUS else ("ok" if one.trusted else "warn"),
        "state": gettext(_state(one)),
    }


def _state(one: SignatureCheck) -> str:
    if not one.intact:
        return N_("ne correspond pas à ce fichier")
    if one.trouble in STATES:
        return STATES[one.trouble]
    if one.unchanged is False:
        return N_("le document a changé ensuite")
    return N_("intacte") if one.trusted else N_("intacte, émetteur inconnu")


def _archived(found: Verification) -> bool:
    return any(one.intact and one.trusted for one in found.archives)


def _gathered(known: Known) -> str:
    """Where it was signed and whose word the level is, when that was not here."""
    if not known.gathered_by:
        return ""
    text = N_("Les signatures ont été recueillies par %(provider)s, qui les déclare au niveau : %(level)s.")
    return gettext(text, provider=known.gathered_by, level=level_label(known.claim))


def _known(known: Known) -> dict[str, Any]:
    return {
        "what": gettext(KINDS.get(known.kind, N_("C’est un document fait sur cette plateforme."))),
        "sent_at": known.sent_at,
        "counted": ngettext(
            "Ce fichier porte %(num)s signature sur %(total)s.",
            "Ce fichier porte %(num)s signatures sur %(total)s.",
            known.signed,
            total=known.expected,
        ),
        "gathered": _gathered(known),
        "latest": known.latest,
        "exact": known.exact,
        "standing": gettext(STANDINGS[known.status]) if known.status in STANDINGS else "",
    }
