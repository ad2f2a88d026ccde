"""What the forms and the API of a party's own preparation read and show: order, proofs, delegation, visa."""

from __future__ import annotations

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from charter.adapters.http.forms import REQUIRED
from charter.i18n import gettext
from charter.i18n import lazy_gettext as _l
from charter.signing.models import PROOF_NAMES, Approver, AuthorityProof, ProofKind
from workflows.base import N_
from workflows.visas import ApproverChart, ApproverStatus

TONES = {ApproverStatus.awaited: "warn", ApproverStatus.approved: "ok", ApproverStatus.refused: "bad", ApproverStatus.removed: "quiet"}
JOINABLE = [kind for kind in ProofKind if kind != ProofKind.delegation]
CHOOSE = _l(N_("Choisissez dans la liste"))
TOGETHER, BY_GROUPS = "together", "groups"


class OrderForm(Schema):
    """All at once, or by groups; the groups themselves are one field a party."""

    mode = fields.Str(
        required=True,
        validate=validate.OneOf([TOGETHER, BY_GROUPS], error=CHOOSE),
        error_messages=REQUIRED,
        metadata={"label": _l(N_("Dans quel ordre signer ?"))},
    )


class ProofForm(Schema):
    """What a file of proof is; the file comes beside."""

    kind = fields.Str(
        required=True,
        validate=validate.OneOf([kind.value for kind in JOINABLE], error=CHOOSE),
        error_messages=REQUIRED,
        metadata={"label": _l(N_("Nature de la pièce"))},
    )
    file = fields.Raw(metadata={"label": _l(N_("Le fichier"))})


class PersonForm(Schema):
    """One of the party's people, or somebody new."""

    member = fields.Int(
        load_default=None, error_messages={"invalid": _l(N_("Choisissez une personne de la liste"))}, metadata={"label": _l(N_("Personne"))}
    )
    name = fields.Str(load_default="", validate=validate.Length(max=200), metadata={"label": _l(N_("Prénom et nom"))})
    email = fields.Str(load_default="", validate=validate.Length(max=320), metadata={"label": _l(N_("Adresse électronique"))})


class DelegationForm(PersonForm):
    """Who signs instead, in what capacity; the delegation itself comes beside."""

    title = fields.Str(load_default="", metadata={"label": _l(N_("Qualité"))})
    file = fields.Raw(metadata={"label": _l(N_("La pièce qui établit la délégation"))})


class VisaRefusalForm(Schema):
    """What holds the approver back."""

    reason = fields.Str(
        required=True,
        validate=validate.Length(min=3, max=2000, error=_l(N_("Dites-en quelques mots (2 000 caractères au plus)"))),
        error_messages=REQUIRED,
        metadata={"label": _l(N_("Ce qui vous retient"))},
    )


class SigningOrderIn(Schema):
    """The rank of each party's signatory, by the party's reference: 1 signs first, equal ranks at once; empty, all at once."""

    ranks = fields.Dict(keys=fields.Str(), values=fields.Int(validate=validate.Range(min=1, max=1000)), required=True)


class ProofQuery(Schema):
    """What the file sent is, and its name when it is the whole body."""

    kind = fields.Str(required=True, validate=validate.OneOf([kind.value for kind in ProofKind]))
    name = fields.Str(load_default="")


class PersonIn(Schema):
    """A member's id, or the name and address of somebody new."""

    member = fields.Int(load_default=None, validate=validate.Range(min=1, max=2**31 - 1))
    name = fields.Str(load_default="", validate=validate.Length(max=200))
    email = fields.Str(load_default="", validate=validate.Length(max=320))

    @validates_schema
    def one_or_the_other(self, data: dict[str, object], **_: object) -> None:
        """Raises ValidationError when nobody is named."""
        if data.get("member") is None and not data.get("email"):
            raise ValidationError(gettext(N_("Donnez « member », ou « name » et « email »")), "member")


class DelegationIn(PersonIn):
    """Who signs instead; `proof` is the reference of a proof of kind `delegation` joined before and never used."""

    title = fields.Str(load_default="", validate=validate.Length(max=120))
    proof = fields.Str(required=True)


class VisaRefusalIn(Schema):
    """A word of why."""

    reason = fields.Str(required=True, validate=validate.Length(min=3, max=2000))


class ProofView(Schema):
    """A file that shows why somebody may sign."""

    ref = fields.Str()
    kind = fields.Function(lambda proof: proof.kind.value)
    kind_label = fields.Function(lambda proof: proof_label(proof))
    filename = fields.Str()
    mime = fields.Str()
    sha256 = fields.Str()
    size = fields.Int()
    added_at = fields.AwareDateTime()


class ApproverView(Schema):
    """Whose visa a party asked for, and what they said."""

    ref = fields.Str()
    name = fields.Str()
    party = fields.Function(lambda approver: approver.party.ref)
    status = fields.Function(lambda approver: approver.status.value)
    status_label = fields.Function(lambda approver: visa_label(approver))
    at = fields.AwareDateTime(allow_none=True)
    documents = fields.List(fields.Str())
    reason = fields.Str()


class MissingView(Schema):
    """One thing awaited, and from whom."""

    what = fields.Str()
    who = fields.List(fields.Str())


class PreparedView(Schema):
    """How a party gets ready to sign. `waits`: what must come before its signatory's turn, once the envelope is sent."""

    signatory = fields.Str()
    party = fields.Str()
    name = fields.Str()
    rank = fields.Int()
    delegate_of = fields.Str()
    delegate_of_title = fields.Str()
    proofs = fields.List(fields.Nested(ProofView))
    approver = fields.Nested(ApproverView, allow_none=True)
    waits = fields.List(fields.Nested(MissingView))


def proof_label(proof: AuthorityProof) -> str:
    """What the file is, said."""
    return gettext(PROOF_NAMES[proof.kind])


def visa_label(approver: Approver) -> str:
    """The visa's status, said."""
    return gettext(str(ApproverChart.states_map[approver.status].name))


def kind_options() -> list[tuple[str, str]]:
    """The kinds of file one may join, said."""
    return [(kind.value, gettext(PROOF_NAMES[kind])) for kind in JOINABLE]
