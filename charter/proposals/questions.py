"""The declaration's screens as forms: what each asks, and how what is typed becomes what `services.answer` takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields, validate

from charter.adapters.http.forms import REQUIRED
from charter.alliances.models import Party
from charter.i18n import format_money, gettext, locale
from charter.i18n import lazy_gettext as _l
from charter.proposals.catalogue import LEVERS, MEANS, OBJECTIVES, POSTURES, Entry, by_key
from charter.proposals.models import Declaration
from charter.proposals.schemas import ONE_OF, Euros, euros, label
from charter.proposals.services import STEPS
from workflows.base import N_
from workflows.proposals import PartyStatus

POT = "pot"
CHOICES: Mapping[str, tuple[Entry, ...]] = {"objectives": OBJECTIVES, "levers": LEVERS, "means": MEANS}
FLOW_WORDS: Mapping[str, str] = {
    "gift": N_("Un don"),
    "subsidy": N_("Une subvention"),
    "price": N_("Le prix d’un service"),
    "pooled": N_("Une mise en commun"),
}


@dataclass(frozen=True)
class Question:
    """One screen. `title` is the question, `short` its name in the summary, `hint` one or two sentences; msgids."""

    step: str
    title: str
    short: str
    hint: str = ""


QUESTIONS: Mapping[str, Question] = {
    one.step: one
    for one in (
        Question(
            "objectives",
            N_("Que cherche votre organisation dans cette alliance ?"),
            N_("Objectifs"),
            N_("Plusieurs réponses sont possibles."),
        ),
        Question("levers", N_("Par quoi agissez-vous ?"), N_("Leviers"), N_("Plusieurs réponses sont possibles.")),
        Question(
            "means",
            N_("Quels moyens pouvez-vous apporter ?"),
            N_("Moyens"),
            N_("Un apport, grand ou petit, ne change rien à votre voix : une partie, une voix."),
        ),
        Question(
            "contributions",
            N_("Qu’apportez-vous, précisément ?"),
            N_("Apports"),
            N_("Ces mots serviront à préparer le contrat. La valeur est votre propre estimation."),
        ),
        Question(
            "money",
            N_("Versez-vous de l’argent à d’autres parties ?"),
            N_("Argent"),
            N_("Cela décide des clauses du contrat. Rien n’est définitif : vous pourrez corriger."),
        ),
        Question(
            "constraints",
            N_("De quelles contraintes les autres doivent-ils tenir compte ?"),
            N_("Contraintes"),
            N_("Calendrier, règles internes, limites juridiques ou budgétaires. Laissez vide si vous n’en voyez pas."),
        ),
        Question(
            "strengths",
            N_("Sur quelles forces l’alliance peut-elle compter ?"),
            N_("Forces"),
            N_("Ce que vous faites bien, ce que vous connaissez, qui vous fait confiance."),
        ),
        Question(
            "asymmetries",
            N_("Qu’est-ce qui pourrait vous mettre en difficulté ?"),
            N_("Fragilités et besoins"),
            N_("Les parties n’ont pas toutes la même taille ni le même temps. Le dire permet d’en tenir compte."),
        ),
        Question("posture", N_("Comment voyez-vous la relation entre les parties ?"), N_("Posture")),
    )
}


def other_parties(party: Party) -> list[Party]:
    """The parties one may give to: those in, and those invited."""
    return [one for one in party.alliance.parties if one is not party and one.status in (PartyStatus.accepted, PartyStatus.invited)]


def form_schema(step: str, party: Party, declaration: Declaration | None) -> Schema:
    """The form of a screen. Raises KeyError on an unknown step."""
    question = QUESTIONS[step]
    if step in CHOICES:
        keys = [entry.key for entry in CHOICES[step]]
        one = fields.Str(validate=validate.OneOf(keys, error=ONE_OF))
        return _schema({step: fields.List(one, load_default=list, metadata=label(question.short))})
    if step == "posture":
        one = fields.Str(
            required=True,
            validate=validate.OneOf(list(by_key(POSTURES)), error=ONE_OF),
            error_messages=REQUIRED,
            metadata=label(question.short),
        )
        return _schema({step: one})
    if step == "contributions":
        return _contribution_schema(declaration)
    if step == "money":
        return _money_schema(party)
    words = {"fragilities": N_("Vos fragilités"), "needs": N_("Ce dont vous avez besoin pour participer à égalité")}
    return _schema({name: _text(words.get(name, question.short)) for name in STEPS[step]})


def typed_values(step: str, data: Mapping[str, Any], party: Party, declaration: Declaration | None) -> dict[str, Any]:
    """What `services.answer` takes, from the form's data."""
    if step == "contributions":
        means = declaration.means if declaration else []
        return {step: [{"means": key, "label": data[f"label-{key}"], "cents": data[f"euros-{key}"]} for key in means]}
    if step == "money":
        refs = [*(one.ref for one in other_parties(party)), POT]
        given = [(ref, data[f"nature-{ref}"]) for ref in refs if data[f"nature-{ref}"]]
        return {"money_flows": [_flow(ref, nature, data) for ref, nature in given]}
    return {name: data[name] for name in STEPS[step]}


def first_values(step: str, declaration: Declaration | None) -> dict[str, Any]:
    """What stands in the form at first."""
    if declaration is None:
        return {}
    if step == "contributions":
        values = {f"label-{one['means']}": one["label"] for one in declaration.contributions}
        return values | {f"euros-{one['means']}": euros(one["cents"]) for one in declaration.contributions}
    if step == "money":
        return _money_values(declaration)
    return {name: getattr(declaration, name) for name in STEPS[step]}


def summary(declaration: Declaration, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """The declaration, said: one line a screen, [{step, label, lines}]. `names` gives each party's name by its reference."""
    said = {
        "objectives": _said(OBJECTIVES, declaration.objectives),
        "levers": _said(LEVERS, declaration.levers),
        "means": _said(MEANS, declaration.means),
        "contributions": [_with_euros(one["label"], one["cents"]) for one in declaration.contributions],
        "money": [_flow_said(one, names) for one in declaration.money_flows] or [gettext(N_("Aucun versement"))],
        "constraints": [declaration.constraints],
        "strengths": [declaration.strengths],
        "asymmetries": [declaration.fragilities, declaration.needs],
        "posture": _said(POSTURES, [declaration.posture]),
    }
    return [
        {"step": step, "label": gettext(QUESTIONS[step].short), "lines": [line for line in lines if line]} for step, lines in said.items()
    ]


def means_asked(declaration: Declaration | None) -> list[dict[str, str]]:
    """The means declared, to be told in detail."""
    return [
        {"key": entry.key, "label": entry.said(locale()), "hint": entry.explained(locale())}
        for entry in MEANS
        if declaration and entry.key in declaration.means
    ]


def _schema(content: dict[str, Any]) -> Schema:
    return Schema.from_dict(content)()


def _text(text: str) -> fields.Str:
    most = _l(N_("Écrivez 4000 caractères au plus"))
    return fields.Str(load_default="", validate=validate.Length(max=4000, error=most), metadata=label(text, empty=True))


def _contribution_schema(declaration: Declaration | None) -> Schema:
    content: dict[str, Any] = {}
    short = _l(N_("Dites en quelques mots ce que vous apportez"))
    for key in declaration.means if declaration else []:
        name = by_key(MEANS)[key].said(locale())
        length = validate.Length(min=2, max=300, error=short)
        content[f"label-{key}"] = fields.Str(required=True, validate=length, error_messages={"required": short}, metadata={"label": name})
        content[f"euros-{key}"] = Euros(load_default=None, metadata={"label": name})
    return _schema(content)


def _money_schema(party: Party) -> Schema:
    content: dict[str, Any] = {}
    for ref, name, natures in money_rows(party):
        keys = ["", *(key for key, _ in natures)]
        content[f"nature-{ref}"] = fields.Str(
            load_default="", validate=validate.OneOf(keys, error=ONE_OF), metadata={"label": name, "empty": True}
        )
        content[f"euros-{ref}"] = Euros(load_default=None, metadata={"label": name})
        content[f"purpose-{ref}"] = fields.Str(load_default="", metadata={"label": name, "empty": True})
    return _schema(content)


def money_rows(party: Party) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """To whom one may give: reference, name, natures to choose from."""
    natures = [(key, gettext(FLOW_WORDS[key])) for key in ("gift", "subsidy", "price")]
    rows = [(one.ref, one.name, natures) for one in other_parties(party)]
    pooled = "pooled"
    return [*rows, (POT, gettext(N_("Un pot commun")), [(pooled, gettext(FLOW_WORDS[pooled]))])]


def _flow(ref: str, nature: str, data: Mapping[str, Any]) -> dict[str, Any]:
    return {"nature": nature, "to": "" if ref == POT else ref, "cents": data[f"euros-{ref}"], "purpose": data[f"purpose-{ref}"]}


def _money_values(declaration: Declaration) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for one in declaration.money_flows:
        ref = one["to"] or POT
        values |= {f"nature-{ref}": one["nature"], f"euros-{ref}": euros(one["cents"]), f"purpose-{ref}": one["purpose"]}
    return values


def _said(entries: tuple[Entry, ...], keys: list[str]) -> list[str]:
    return [entry.said(locale()) for entry in entries if entry.key in keys]


def _with_euros(text: str, cents: int | None) -> str:
    return gettext(N_("%(text)s (environ %(amount)s)"), text=text, amount=format_money(cents)) if cents is not None else text


def _flow_said(one: Mapping[str, Any], names: Mapping[str, str]) -> str:
    nature = one["nature"]
    words = gettext(FLOW_WORDS[nature])
    text = gettext(N_("%(what)s pour %(who)s"), what=words, who=names.get(one["to"], "?")) if one["to"] else words
    return _with_euros(f"{text} : {one['purpose']}" if one["purpose"] else text, one["cents"])
