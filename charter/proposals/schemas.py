"""What the proposal's forms and API read and show."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from marshmallow import Schema, fields, validate

from charter.adapters.http.forms import REQUIRED
from charter.alliances.models import KIND_LABELS, Alliance, OrganisationKind, Party
from charter.i18n import gettext, locale
from charter.i18n import lazy_gettext as _l
from charter.proposals.catalogue import DOMAINS, GOALS, MODEL_BY_KEY
from workflows.base import N_
from workflows.proposals import PartyStatus

ONE_OF: Any = _l(N_("Choisissez une réponse de la liste"))
KIND_ERRORS: dict[str, Any] = {**REQUIRED, "unknown": ONE_OF}
NOT_A_NUMBER: dict[str, Any] = {"invalid": ONE_OF}
SAY_WHY: Any = _l(N_("Dites-en quelques mots"))


def label(text: str, *, empty: bool = False) -> dict[str, Any]:
    """A field's metadata: its label, and whether it may be left empty."""
    return {"label": _l(text), "empty": empty}


class Euros(fields.Field[int]):
    """An amount typed in euros (« 12 500,50 ») read as cents; nothing typed is None."""

    default_error_messages = {"invalid": _l(N_("Écrivez un montant en euros, par exemple 12 500"))}  # noqa: RUF012

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        typed = "".join(str(value).replace("€", "").split()).replace(",", ".")
        try:
            amount = Decimal(typed)
        except InvalidOperation as error:
            raise self.make_error("invalid") from error
        if not amount.is_finite() or not 0 <= amount < 10**11:
            raise self.make_error("invalid")
        return int((amount * 100).to_integral_value())


def euros(cents: int | None) -> str:
    """An amount as it is typed: « 12500,50 »; nothing for None."""
    if cents is None:
        return ""
    return f"{cents // 100}" if cents % 100 == 0 else f"{cents // 100},{cents % 100:02d}"


class NeedForm(Schema):
    """The alliance's name and the need it answers."""

    title = fields.Str(required=True, error_messages=REQUIRED, metadata=label(N_("Nom de l’alliance")))
    need = fields.Str(required=True, error_messages=REQUIRED, metadata=label(N_("Le besoin")))


class YourOrganisationForm(Schema):
    """The proposer's organisation. `siren` may be a SIRET."""

    name = fields.Str(required=True, error_messages=REQUIRED, metadata=label(N_("Nom de l’organisation")))
    kind = fields.Enum(
        OrganisationKind, by_value=True, required=True, error_messages=KIND_ERRORS, metadata=label(N_("Sorte d’organisation"))
    )
    siren = fields.Str(load_default="", metadata=label(N_("Numéro SIREN ou SIRET"), empty=True))
    rna = fields.Str(load_default="", metadata=label(N_("Numéro RNA"), empty=True))


class YourselfForm(Schema):
    """One's capacity, and whether one may sign."""

    title = fields.Str(load_default="", metadata=label(N_("Votre qualité"), empty=True))
    signs = fields.Str(
        required=True, validate=validate.OneOf(["yes", "no"], error=ONE_OF), error_messages=REQUIRED, metadata=label(N_("Signature"))
    )


class SearchForm(Schema):
    """A territory searched for."""

    q = fields.Str(load_default="", metadata=label(N_("Commune, intercommunalité, département ou région"), empty=True))
    territories = fields.List(fields.Str(), load_default=list, metadata=label(N_("Territoire")))


class PurposeForm(Schema):
    """Sustainable development goals and domains."""

    sdgs = fields.List(fields.Int(error_messages=NOT_A_NUMBER), load_default=list, metadata=label(N_("Objectifs de développement durable")))
    domains = fields.List(fields.Str(), load_default=list, metadata=label(N_("Domaines")))


class InviteForm(Schema):
    """A party to invite."""

    organisation_name = fields.Str(required=True, error_messages=REQUIRED, metadata=label(N_("Nom de l’organisation")))
    kind = fields.Enum(
        OrganisationKind, by_value=True, required=True, error_messages=KIND_ERRORS, metadata=label(N_("Sorte d’organisation"))
    )
    siren = fields.Str(load_default="", metadata=label(N_("Numéro SIREN ou SIRET"), empty=True))
    name = fields.Str(load_default="", metadata=label(N_("Prénom et nom de la personne à qui écrire"), empty=True))
    email = fields.Str(required=True, error_messages=REQUIRED, metadata=label(N_("Adresse électronique")))
    word = fields.Str(load_default="", metadata=label(N_("Un mot pour elle"), empty=True))


class AnswerForm(Schema):
    """The invited party's answer."""

    answer = fields.Str(
        required=True, validate=validate.OneOf(["yes", "no"], error=ONE_OF), error_messages=REQUIRED, metadata=label(N_("Votre réponse"))
    )
    word = fields.Str(load_default="", validate=validate.Length(max=2000), metadata=label(N_("Un mot"), empty=True))


class ModelForm(Schema):
    """The model chosen and why."""

    model = fields.Str(
        required=True, validate=validate.OneOf(list(MODEL_BY_KEY), error=ONE_OF), error_messages=REQUIRED, metadata=label(N_("Modèle"))
    )
    reason = fields.Str(load_default="", metadata=label(N_("Vos raisons"), empty=True))


class AbandonForm(Schema):
    """Why the alliance ends before its time."""

    reason = fields.Str(
        required=True,
        validate=validate.Length(min=3, max=2000, error=SAY_WHY),
        error_messages=REQUIRED,
        metadata=label(N_("Vos raisons")),
    )


class TerritoryView(Schema):
    """A territory one may choose."""

    kind = fields.Function(lambda one: one.kind.value)
    code = fields.Str()
    ref = fields.Str()
    label = fields.Str()
    population = fields.Int()


class ProposalView(Schema):
    """What an alliance proposes."""

    ref = fields.Str()
    title = fields.Str()
    need = fields.Str()
    status = fields.Function(lambda one: one.status.value)
    territories = fields.Function(lambda one: chosen_territories(one))
    sdgs = fields.List(fields.Int())
    domains = fields.List(fields.Str())
    model = fields.Str()
    model_reason = fields.Str()


class ProposalPartyView(Schema):
    """A party of the proposal, without anybody's address."""

    ref = fields.Str()
    name = fields.Str()
    initials = fields.Str()
    color = fields.Int()
    status = fields.Function(lambda party: party.status.value)
    kind = fields.Function(lambda party: party.organisation.kind.value)
    kind_label = fields.Function(lambda party: gettext(KIND_LABELS[party.organisation.kind]))
    identifier = fields.Function(lambda party: party.organisation.identifier)
    invited_at = fields.AwareDateTime()
    answered_at = fields.AwareDateTime(allow_none=True)
    has_signatory = fields.Function(lambda party: bool(party.signatories))


class DeclarationView(Schema):
    """A party's declaration, by its keys."""

    party = fields.Pluck("ProposalPartyView", "ref")
    made = fields.Bool(attribute="is_made")
    answered = fields.List(fields.Str())
    objectives = fields.List(fields.Str())
    levers = fields.List(fields.Str())
    means = fields.List(fields.Str())
    contributions = fields.List(fields.Dict())
    money_flows = fields.List(fields.Dict())
    constraints = fields.Str()
    strengths = fields.Str()
    fragilities = fields.Str()
    needs = fields.Str()
    posture = fields.Str()
    sha256 = fields.Str()
    made_at = fields.AwareDateTime(allow_none=True)


def chosen_territories(alliance: Alliance) -> list[dict[str, str]]:
    """The alliance's territories: ref « commune-59350 » and name."""
    pairs = zip(alliance.territory_codes, alliance.territory_names, strict=False)
    return [{"ref": str(ref), "label": str(name)} for ref, name in pairs]


def goal_names(numbers: list[int]) -> list[str]:
    """Goals by their number, said."""
    return [f"{goal.number}. {goal.said(locale())}" for goal in GOALS if goal.number in numbers]


def domain_names(keys: list[str]) -> list[str]:
    """Domains, said."""
    return [domain.said(locale()) for domain in DOMAINS if domain.key in keys]


def model_name(key: str) -> str:
    """A model, said; nothing when none is chosen."""
    return MODEL_BY_KEY[key].said(locale()) if key in MODEL_BY_KEY else ""


def shown_parties(alliance: Alliance, *, refusals: bool) -> list[dict[str, Any]]:
    """The parties of the proposal; those that declined, and why, only when `refusals`."""
    hidden = {PartyStatus.cancelled} | (set() if refusals else {PartyStatus.declined})
    return [_shown(party) for party in alliance.parties if party.status not in hidden]


def _shown(party: Party) -> dict[str, Any]:
    return {**ProposalPartyView().dump(party), "word": party.answer_word}
