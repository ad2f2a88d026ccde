"""What the provider's forms and API read and show."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from charter.adapters.http.forms import REQUIRED
from charter.i18n import lazy_gettext as _l
from charter.signing.models import Envelope
from charter.signing.provider import wording
from charter.signing.provider.choice import chosen
from charter.signing.provider.services import NEEDS_PHONE, phone_of
from charter.work import Work
from workflows.base import N_

OWN, PROVIDER = "own", "provider"


class WhoForm(Schema):
    """Who gathers the signatures."""

    who = fields.Str(
        required=True,
        validate=validate.OneOf((OWN, PROVIDER), error=_l(N_("Choisissez une des deux réponses"))),
        error_messages=REQUIRED,
        metadata={"label": _l(N_("Qui recueille les signatures"))},
    )


class PhoneForm(Schema):
    """A mobile phone."""

    phone = fields.Str(required=True, error_messages=REQUIRED, metadata={"label": _l(N_("Téléphone mobile"))})


class SigningProviderIn(Schema):
    """True: the configured provider gathers the signatures; false: the product signs itself."""

    provider = fields.Bool(required=True)


class SigningPhoneIn(Schema):
    """A mobile phone, E.164 or as it is written in France; empty forgets it."""

    phone = fields.Str(required=True, validate=validate.Length(max=30))


class SigningProviderView(Schema):
    """Who gathers the signatures, and where that stands. `provider` is empty when the product signs itself; `offered` can be chosen."""

    offered = fields.Str()
    provider = fields.Str()
    level = fields.Str()
    claim = fields.Str()
    status = fields.Str()
    trouble = fields.Str()
    expires = fields.Date(allow_none=True)


class SigningLinkView(Schema):
    """Where the caller signs, good for a few hours."""

    url = fields.Str()


class WebhookView(Schema):
    """What was made of a message."""

    status = fields.Str(metadata={"description": "heard, known (heard before) or ignored"})


def provider_view(work: Work, envelope: Envelope) -> dict[str, Any]:
    """The provider's part of an envelope as plain data, for a page or the API."""
    found, offer = chosen(work, envelope), work.settings.signature_provider
    view: dict[str, Any] = {"offered": offer.name if offer else "", "provider": "", "level": "", "claim": "", "status": "", "trouble": ""}
    view.update(detail="", expires=None, labels={}, trails=[], likeness=[])
    if found is None:
        return view
    view.update(provider=found.provider, level=found.level, claim=wording.claim(found), status=found.status)
    view.update(trouble=wording.trouble(found), detail=found.detail, expires=found.expires)
    view["labels"] = {one.ref: label for one in envelope.signatories if (label := wording.status_label(found, one))}
    view["trails"] = [{"signatory": one.signatory.ref, "name": one.signatory.name} for one in found.signers if one.audit_sha256]
    return view


def phones_view(work: Work, envelope: Envelope) -> list[dict[str, str]]:
    """The phones the provider needs, signatory by signatory; empty when it needs none."""
    found = chosen(work, envelope)
    if found is None or found.level not in NEEDS_PHONE:
        return []
    told = []
    for one in envelope.signatories:
        told.append({"ref": one.ref, "name": one.name, "organisation": one.organisation, "phone": phone_of(found, one)})
    return told
