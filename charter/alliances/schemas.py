"""What the kernel's forms and API read and show."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from charter.adapters.http.forms import REQUIRED
from charter.alliances.models import KIND_LABELS, ROLE_LABELS, Member, OrganisationKind, Party
from charter.i18n import gettext
from charter.i18n import lazy_gettext as _l
from workflows.base import N_
from workflows.roles import Role

ONE_OF = _l(N_("Choisissez une réponse de la liste"))


class OrganisationForm(Schema):
    """An organisation as its own people describe it."""

    name = fields.Str(required=True, error_messages=REQUIRED, metadata={"label": _l(N_("Nom de l’organisation"))})
    kind = fields.Enum(
        OrganisationKind,
        by_value=True,
        required=True,
        error_messages={**REQUIRED, "unknown": ONE_OF},
        metadata={"label": _l(N_("Sorte d’organisation"))},
    )
    siren = fields.Str(load_default="", metadata={"label": _l(N_("Numéro SIREN")), "empty": True})
    siret = fields.Str(load_default="", metadata={"label": _l(N_("Numéro SIRET")), "empty": True})
    rna = fields.Str(load_default="", metadata={"label": _l(N_("Numéro RNA")), "empty": True})
    address = fields.Str(load_default="", metadata={"label": _l(N_("Adresse du siège")), "empty": True})
    legal_form = fields.Str(load_default="", metadata={"label": _l(N_("Forme juridique")), "empty": True})


class MemberForm(Schema):
    """Somebody to bring into a party."""

    name = fields.Str(required=True, error_messages=REQUIRED, metadata={"label": _l(N_("Prénom et nom"))})
    email = fields.Str(required=True, error_messages=REQUIRED, metadata={"label": _l(N_("Adresse électronique"))})
    title = fields.Str(load_default="", metadata={"label": _l(N_("Qualité")), "empty": True})
    roles = fields.List(
        fields.Str(validate=validate.OneOf([role.value for role in Role], error=ONE_OF)),
        load_default=list,
        metadata={"label": _l(N_("Rôles"))},
    )


class RolesForm(Schema):
    """A member's roles and capacity."""

    title = fields.Str(load_default="", metadata={"label": _l(N_("Qualité")), "empty": True})
    roles = fields.List(
        fields.Str(validate=validate.OneOf([role.value for role in Role], error=ONE_OF)),
        load_default=list,
        metadata={"label": _l(N_("Rôles"))},
    )


class FacilitatorForm(Schema):
    """A « tiers de confiance » to name."""

    name = fields.Str(required=True, error_messages=REQUIRED, metadata={"label": _l(N_("Prénom et nom"))})
    email = fields.Str(required=True, error_messages=REQUIRED, metadata={"label": _l(N_("Adresse électronique"))})
    organisation = fields.Str(load_default="", metadata={"label": _l(N_("Structure")), "empty": True})


class ReasonForm(Schema):
    """A word of why."""

    reason = fields.Str(
        required=True,
        validate=validate.Length(min=3, max=2000, error=_l(N_("Dites-en quelques mots"))),
        error_messages=REQUIRED,
        metadata={"label": _l(N_("Vos raisons"))},
    )


class MemberView(Schema):
    """A member, to the alliance. Addresses are shown to their own party only (the page decides)."""

    id = fields.Int()
    name = fields.Function(lambda member: member.person.display_name)
    initials = fields.Function(lambda member: member.person.initials)
    email = fields.Function(lambda member: member.person.email)
    title = fields.Str()
    roles = fields.List(fields.Str())
    role_labels = fields.Function(lambda member: role_labels(member))


class PartyView(Schema):
    """A party, to the alliance."""

    ref = fields.Str()
    name = fields.Str()
    initials = fields.Str()
    color = fields.Int()
    status = fields.Function(lambda party: party.status.value)
    kind = fields.Function(lambda party: party.organisation.kind.value)
    kind_label = fields.Function(lambda party: gettext(KIND_LABELS[party.organisation.kind]))
    identifier = fields.Function(lambda party: party.organisation.identifier)
    address = fields.Function(lambda party: party.organisation.address)
    legal_form = fields.Function(lambda party: party.organisation.legal_form)
    invited_email = fields.Str()
    answer_word = fields.Str()
    answered_at = fields.Raw()
    members = fields.Function(lambda party: MemberView(many=True).dump(active(party)))


class FactView(Schema):
    """A line of the journal."""

    seq = fields.Int()
    type = fields.Str()
    actor = fields.Function(lambda fact: fact.actor.get("name", ""))
    at = fields.Raw()
    hash = fields.Str()


def active(party: Party) -> list[Member]:
    """The party's members of today."""
    return [member for member in party.members if member.is_active]


def role_labels(member: Member) -> list[str]:
    """A member's roles, said."""
    return [gettext(ROLE_LABELS[Role(role)]) for role in member.roles]


def role_options() -> list[tuple[str, str, str]]:
    """Roles to choose from: value, label, what it allows."""
    notes = {
        Role.referent: N_("Invite, donne l’accord de l’organisation, répond aux évaluations."),
        Role.signatory: N_("Engage l’organisation et signe la charte et le contrat."),
        Role.drafter: N_("Écrit et commente le texte."),
        Role.observer: N_("Lit tout, ne modifie rien."),
    }
    order = (Role.referent, Role.signatory, Role.drafter, Role.observer)
    return [(role.value, gettext(ROLE_LABELS[role]), gettext(notes[role])) for role in order]


def kind_options() -> list[tuple[str, str]]:
    """Kinds of organisation to choose from."""
    return [(kind.value, gettext(label)) for kind, label in KIND_LABELS.items()]
