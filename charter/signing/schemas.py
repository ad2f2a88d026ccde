"""What the signature's forms and API read and show."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from charter.adapters.http.forms import REQUIRED
from charter.i18n import gettext
from charter.i18n import lazy_gettext as _l
from charter.signing.models import Envelope, Signatory
from charter.signing.services import delays, departed, describe
from workflows.base import N_
from workflows.signing import EnvelopeChart, EnvelopeStatus, SignatoryChart, SignatoryStatus

A_DATE = _l(N_("Choisissez une date dans le calendrier, ou écrivez-la comme 2026-04-30"))
TONES = {
    SignatoryStatus.waiting: "quiet",
    SignatoryStatus.opened: "info",
    SignatoryStatus.identifying: "info",
    SignatoryStatus.sealing: "info",
    SignatoryStatus.signed: "ok",
    SignatoryStatus.declined: "bad",
}


class ChoiceForm(Schema):
    """Who signs for a party, and in what capacity."""

    member = fields.Int(
        required=True,
        error_messages={**REQUIRED, "invalid": _l(N_("Choisissez une personne de la liste"))},
        metadata={"label": _l(N_("Personne qui signe"))},
    )
    title = fields.Str(required=True, error_messages=REQUIRED, metadata={"label": _l(N_("Qualité"))})


class DeadlineForm(Schema):
    """The day by which everybody should have signed."""

    deadline = fields.Date(
        required=True, error_messages={**REQUIRED, "invalid": A_DATE}, metadata={"label": _l(N_("Signatures souhaitées jusqu’au"))}
    )


class ReadingForm(Schema):
    """The documents one ticks as read to the end, by kind."""

    read = fields.List(fields.Str(), load_default=list)


class EndForm(Schema):
    """How the end of a document was reached: scrolled | pdf | declared."""

    way = fields.Str(required=True)


class SigningPasskeyForm(Schema):
    """What the browser answered for a passkey (JSON)."""

    answer = fields.Str(load_default="")


class CodeForm(Schema):
    """The six digits received by mail."""

    code = fields.Str(required=True, error_messages=REQUIRED, metadata={"label": _l(N_("Code reçu par courriel"))})


class ConsentForm(Schema):
    """The sentence as it was on screen, and that it was ticked."""

    sentence = fields.Str(required=True)
    agreed = fields.Bool(
        required=True,
        validate=validate.Equal(True),
        error_messages={"required": _l(N_("Cochez la case pour signer : c’est votre consentement"))},
        metadata={"label": _l(N_("Votre consentement"))},
    )


class ReasonForm(Schema):
    """A word of why."""

    reason = fields.Str(
        required=True,
        validate=validate.Length(min=3, max=2000, error=_l(N_("Dites-en quelques mots (2 000 caractères au plus)"))),
        error_messages=REQUIRED,
        metadata={"label": _l(N_("Vos raisons"))},
    )


class SigningReadIn(Schema):
    """How the end was reached: in the PDF, or as the caller declares."""

    way = fields.Str(load_default="declared", validate=validate.OneOf(["pdf", "declared"]))


class SigningCodeIn(Schema):
    """The code typed."""

    code = fields.Str(required=True, metadata={"description": "Six digits, as mailed"})


class SigningConsentIn(Schema):
    """The consent sentence, word for word as `GET …/signature` gives it to its signatory."""

    sentence = fields.Str(required=True)


class SigningDeadlineIn(Schema):
    """A day, ISO 8601."""

    deadline = fields.Date(required=True)


class SigningReasonIn(Schema):
    """A word of why, told to the others."""

    reason = fields.Str(required=True, validate=validate.Length(min=3, max=2000))


class SignatoryIn(Schema):
    """Who signs for a party: the member's id (see the alliance's parties), and the capacity."""

    member = fields.Int(required=True)
    title = fields.Str(load_default="")


class EnvelopeDocumentView(Schema):
    """A document, to the alliance."""

    kind = fields.Str()
    title = fields.Str()
    pages = fields.Int()
    name = fields.Function(lambda document: describe(document).name)
    original_sha256 = fields.Str()
    current_sha256 = fields.Str()
    signatures = fields.Function(lambda document: sum(1 for one in document.revisions if one.signatory_id))


class SignatoryView(Schema):
    """Who signs, to the alliance; the address is shown to nobody here."""

    ref = fields.Str()
    name = fields.Str()
    title = fields.Str()
    party = fields.Function(lambda one: one.party.ref)
    organisation = fields.Str()
    initials = fields.Function(lambda one: one.party.initials)
    color = fields.Function(lambda one: one.party.color)
    status = fields.Function(lambda one: one.status.value)
    status_label = fields.Function(lambda one: status_label(one))
    tone = fields.Function(lambda one: TONES[SignatoryStatus(one.status)])
    signed_at = fields.AwareDateTime(allow_none=True)
    declined_at = fields.AwareDateTime(allow_none=True)
    decline_reason = fields.Str()
    trouble = fields.Function(delays.told)


class EnvelopeView(Schema):
    """The envelope, to the alliance."""

    ref = fields.Str()
    status = fields.Function(lambda envelope: envelope.status.value)
    status_label = fields.Function(lambda envelope: envelope_label(envelope))
    deadline = fields.Date(allow_none=True)
    sent_at = fields.AwareDateTime(allow_none=True)
    completed_at = fields.AwareDateTime(allow_none=True)
    ended_at = fields.AwareDateTime(allow_none=True)
    end_reason = fields.Str()
    departed = fields.Function(
        lambda envelope: departed(envelope) if envelope.status in (EnvelopeStatus.draft, EnvelopeStatus.sent) else []
    )
    documents = fields.List(fields.Nested(EnvelopeDocumentView))
    signatories = fields.List(fields.Nested(SignatoryView))
    evidence = fields.Function(
        lambda envelope: bool(envelope.evidence_pdf),
        metadata={"type": "boolean", "description": "True once the evidence is made; `evidence.json` says who may take it"},
    )


class CeremonyView(Schema):
    """Where the caller's own signature stands."""

    signatory = fields.Nested(SignatoryView)
    unread = fields.List(fields.Str(), metadata={"description": "Kinds of the documents not read to their end yet"})
    identified = fields.Bool()
    sentence = fields.Str()


def status_label(signatory: Signatory) -> str:
    """The signatory's status, said."""
    return gettext(str(SignatoryChart.states_map[signatory.status].name))


def envelope_label(envelope: Envelope) -> str:
    """The envelope's status, said."""
    return gettext(str(EnvelopeChart.states_map[envelope.status].name))


def for_page(envelope: Envelope) -> dict[str, object]:
    """The envelope for a template: dates stay dates."""
    view = EnvelopeView().dump(envelope)
    view.update(deadline=envelope.deadline, sent_at=envelope.sent_at, completed_at=envelope.completed_at, ended_at=envelope.ended_at)
    for told, one in zip(view["signatories"], envelope.signatories, strict=True):
        told.update(signed_at=one.signed_at, declined_at=one.declined_at)
    return dict(view)
