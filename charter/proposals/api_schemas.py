"""What the proposal's API takes and gives, beside what it shares with the pages."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from charter.alliances.models import OrganisationKind
from charter.proposals.services.proposing import PROPOSER_ROLES


class OrganisationIn(Schema):
    """An organisation; identifiers may be empty."""

    name = fields.Str(required=True)
    kind = fields.Enum(OrganisationKind, by_value=True, required=True)
    siren = fields.Str(load_default="")
    siret = fields.Str(load_default="")
    rna = fields.Str(load_default="")
    address = fields.Str(load_default="")
    legal_form = fields.Str(load_default="")


class NeedIn(Schema):
    """The alliance's name and need."""

    title = fields.Str(required=True)
    need = fields.Str(required=True)


class AllianceIn(NeedIn):
    """An alliance to propose. `roles`: the proposer's, in their organisation."""

    organisation = fields.Nested(OrganisationIn, required=True)
    member_title = fields.Str(load_default="")
    roles = fields.List(fields.Str(), load_default=list(PROPOSER_ROLES))


class TerritoryIn(Schema):
    """A territory by kind and code."""

    kind = fields.Str(required=True)
    code = fields.Str(required=True)


class TerritoriesIn(Schema):
    """All the territories of the alliance."""

    territories = fields.List(fields.Nested(TerritoryIn), required=True)


class PurposeIn(Schema):
    """Goals by number, domains by key."""

    sdgs = fields.List(fields.Int(), required=True)
    domains = fields.List(fields.Str(), required=True)


class InvitationIn(Schema):
    """A party to invite, through one person."""

    organisation_name = fields.Str(required=True)
    kind = fields.Enum(OrganisationKind, by_value=True, required=True)
    siren = fields.Str(load_default="")
    email = fields.Str(required=True)
    name = fields.Str(load_default="")
    word = fields.Str(load_default="")


class AnswerIn(Schema):
    """The invited party's answer; declining takes a word."""

    answer = fields.Str(required=True, validate=validate.OneOf(["accept", "decline"]))
    word = fields.Str(load_default="", validate=validate.Length(max=2000))


class ContributionIn(Schema):
    """What a party brings; `cents` is its own estimate."""

    means = fields.Str(required=True)
    label = fields.Str(required=True)
    cents = fields.Int(load_default=None, allow_none=True, strict=True)


class FlowIn(Schema):
    """Money a party gives; `to` is a party's ref, or empty for the common pot."""

    nature = fields.Str(required=True)
    to = fields.Str(load_default="")
    cents = fields.Int(load_default=None, allow_none=True, strict=True)
    purpose = fields.Str(load_default="")


class DeclarationIn(Schema):
    """A whole declaration."""

    objectives = fields.List(fields.Str(), required=True)
    levers = fields.List(fields.Str(), required=True)
    means = fields.List(fields.Str(), required=True)
    contributions = fields.List(fields.Nested(ContributionIn), load_default=list)
    money_flows = fields.List(fields.Nested(FlowIn), load_default=list)
    constraints = fields.Str(load_default="")
    strengths = fields.Str(load_default="")
    fragilities = fields.Str(load_default="")
    needs = fields.Str(load_default="")
    posture = fields.Str(required=True)


class ModelIn(Schema):
    """The model chosen; a reason when it is not the one advised."""

    model = fields.Str(required=True)
    reason = fields.Str(load_default="")


class SearchIn(Schema):
    """The start of a name, of a word of it, a postal code or a département's code."""

    q = fields.Str(required=True)


class ProposalPartyOut(Schema):
    """A party and the word of its answer; `status`: invited, accepted, declined, left or cancelled."""

    ref = fields.Str()
    name = fields.Str()
    initials = fields.Str()
    color = fields.Int()
    status = fields.Str()
    kind = fields.Str()
    kind_label = fields.Str()
    identifier = fields.Str()
    invited_at = fields.Str()
    answered_at = fields.Str(allow_none=True)
    has_signatory = fields.Bool()
    word = fields.Str()


class ChosenOut(Schema):
    """A territory chosen: « department-38 » and its name."""

    ref = fields.Str()
    label = fields.Str()


class ProposalOut(Schema):
    """The proposal, its parties, and the refs of those that have declared."""

    ref = fields.Str()
    title = fields.Str()
    need = fields.Str()
    status = fields.Str()
    territories = fields.List(fields.Nested(ChosenOut))
    sdgs = fields.List(fields.Int())
    domains = fields.List(fields.Str())
    model = fields.Str()
    model_reason = fields.Str()
    parties = fields.List(fields.Nested(ProposalPartyOut))
    declared = fields.List(fields.Str())


class ReasonOut(Schema):
    """One reason, said; negative points speak against."""

    text = fields.Str()
    points = fields.Int()


class RankedOut(Schema):
    """One model with its score and reasons."""

    key = fields.Str()
    number = fields.Int()
    label = fields.Str()
    definition = fields.Str()
    category = fields.Str()
    score = fields.Int()
    reasons = fields.List(fields.Nested(ReasonOut))


class RecommendationOut(Schema):
    """The advice and the indicator. Nothing in it binds."""

    first = fields.Nested(RankedOut, allow_none=True)
    clear = fields.Bool()
    ranking = fields.List(fields.Nested(RankedOut))
    caveats = fields.List(fields.Str())
    changes = fields.List(fields.Dict())
    indicator = fields.Dict()
