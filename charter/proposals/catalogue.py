"""The words parties choose from when they propose and declare: canonical keys, French and English labels beside them.

Keys are stored; labels are data and may change. The nine models live in `data/models.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

MODELS_FILE = Path(__file__).with_name("data") / "models.toml"


class CatalogueError(ValueError):
    """The models' data file is wrong."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One choice. `hint` says in one sentence what it means."""

    key: str
    label: str
    label_en: str
    hint: str = ""
    hint_en: str = ""

    def said(self, language: str) -> str:
        """The label in `language` ("fr" or "en")."""
        return self.label_en if language == "en" else self.label

    def explained(self, language: str) -> str:
        """The hint in `language`, or an empty string."""
        return self.hint_en if language == "en" else self.hint


@dataclass(frozen=True, slots=True)
class PartnershipModel(Entry):
    """One of the nine models; `number` is its rank, 1 to 9, `category` the key of one of `CATEGORIES`."""

    number: int = 0
    category: str = ""


@dataclass(frozen=True, slots=True)
class Goal(Entry):
    """One of the 17 sustainable development goals (United Nations, resolution 70/1 of 25 September 2015)."""

    number: int = 0


@dataclass(frozen=True, slots=True)
class TerritorialFunction(Entry):
    """One function of those who bring a territory's actors together, with its activities."""

    activities: tuple[str, ...] = ()
    activities_en: tuple[str, ...] = ()


def read_models(text: str) -> tuple[tuple[Entry, ...], tuple[PartnershipModel, ...]]:
    """Categories and models of a TOML text. Raises `CatalogueError` when it does not hold nine models in known categories."""
    try:
        data = tomllib.loads(text)
        categories = tuple(Entry(row["key"], row["label"], row["label_en"]) for row in data["categories"])
        models = tuple(_model(row) for row in data["models"])
    except (KeyError, TypeError, tomllib.TOMLDecodeError) as error:
        raise CatalogueError(f"models: {error!r}") from error
    known = {category.key for category in categories}
    if [m.number for m in models] != list(range(1, 10)) or len({m.key for m in models}) != 9 or {m.category for m in models} - known:
        raise CatalogueError("models: nine models numbered 1 to 9 in order, each with its own key and a known category")
    return categories, models


def _model(row: Mapping[str, str]) -> PartnershipModel:
    return PartnershipModel(
        key=row["key"],
        label=row["label"],
        label_en=row["label_en"],
        hint=row["definition"],
        hint_en=row["definition_en"],
        number=int(row["number"]),
        category=row["category"],
    )


def by_key(entries: Iterable[Entry]) -> dict[str, Entry]:
    """Entries by their key."""
    return {entry.key: entry for entry in entries}


CATEGORIES, MODELS = read_models(MODELS_FILE.read_text("utf-8"))
MODEL_BY_KEY: Mapping[str, PartnershipModel] = {model.key: model for model in MODELS}


def model_number(key: str) -> int:
    """The number, 1 to 9, of a model; 0 when none was chosen yet. Raises `KeyError` on an unknown key."""
    return MODEL_BY_KEY[key].number if key else 0


GOALS: tuple[Goal, ...] = tuple(
    Goal(key=f"sdg{number}", label=label, label_en=label_en, number=number)
    for number, label, label_en in (
        (1, "Pas de pauvreté", "No poverty"),
        (2, "Faim « zéro »", "Zero hunger"),
        (3, "Bonne santé et bien-être", "Good health and well-being"),
        (4, "Éducation de qualité", "Quality education"),
        (5, "Égalité entre les sexes", "Gender equality"),
        (6, "Eau propre et assainissement", "Clean water and sanitation"),
        (7, "Énergie propre et d’un coût abordable", "Affordable and clean energy"),
        (8, "Travail décent et croissance économique", "Decent work and economic growth"),
        (9, "Industrie, innovation et infrastructure", "Industry, innovation and infrastructure"),
        (10, "Inégalités réduites", "Reduced inequalities"),
        (11, "Villes et communautés durables", "Sustainable cities and communities"),
        (12, "Consommation et production responsables", "Responsible consumption and production"),
        (13, "Mesures relatives à la lutte contre les changements climatiques", "Climate action"),
        (14, "Vie aquatique", "Life below water"),
        (15, "Vie terrestre", "Life on land"),
        (16, "Paix, justice et institutions efficaces", "Peace, justice and strong institutions"),
        (17, "Partenariats pour la réalisation des objectifs", "Partnerships for the goals"),
    )
)
ALLIANCE_GOAL = 17
"""An alliance is itself a partnership for the goals: goal 17 is always its own."""

DOMAINS: tuple[Entry, ...] = (
    Entry("health", "Santé", "Health"),
    Entry("education", "Éducation", "Education"),
    Entry("employment", "Emploi", "Employment"),
    Entry("digital", "Numérique", "Digital"),
    Entry("environment", "Environnement et climat", "Environment and climate"),
    Entry("food", "Alimentation", "Food"),
    Entry("housing", "Logement", "Housing"),
    Entry("mobility", "Mobilité", "Mobility"),
    Entry("culture_sport", "Culture et sport", "Culture and sport"),
    Entry("social_ties", "Lien social et solidarité", "Social ties and solidarity"),
    Entry("disability", "Handicap et autonomie", "Disability and autonomy"),
    Entry("other", "Autre domaine", "Another field"),
)

OBJECTIVES: tuple[Entry, ...] = (
    Entry(
        "mobilisation", "Mobilisation", "Mobilisation", "Faire agir des personnes autour d’une cause.", "Bring people to act for a cause."
    ),
    Entry("performance", "Performance", "Performance", "Mieux faire ce que l’on fait déjà.", "Do better what one already does."),
    Entry("innovation", "Innovation", "Innovation", "Trouver une réponse nouvelle.", "Find a new answer."),
    Entry(
        "solidarity",
        "Solidarité collective",
        "Collective solidarity",
        "Soutenir ensemble ceux qui en ont besoin.",
        "Support together those in need.",
    ),
)

LEVERS: tuple[Entry, ...] = (
    Entry(
        "philanthropy", "Mécénat", "Philanthropy", "Donner, sans attendre de retour direct.", "Give, expecting nothing directly in return."
    ),
    Entry(
        "csr",
        "RSE",
        "CSR",
        "Responsabilité sociétale : agir de façon responsable dans son propre métier.",
        "Corporate social responsibility: act responsibly in one's own trade.",
    ),
    Entry(
        "societal_innovation",
        "Innovation sociétale",
        "Societal innovation",
        "Inventer des réponses à des besoins de la société.",
        "Invent answers to the needs of society.",
    ),
)

MEANS: tuple[Entry, ...] = (
    Entry(
        "financial",
        "Moyens financiers",
        "Financial means",
        "Don, subvention, achat, investissement.",
        "Gift, subsidy, purchase, investment.",
    ),
    Entry("human", "Richesses humaines", "Human resources", "Temps, compétences, bénévoles, réseau.", "Time, skills, volunteers, network."),
    Entry("material", "Moyens matériels", "Material means", "Locaux, matériel, outils, données.", "Premises, equipment, tools, data."),
)

POSTURES: tuple[Entry, ...] = (
    Entry(
        "exchange",
        "Logique d’échange",
        "Exchange",
        "Chacun aide l’autre à atteindre son propre but.",
        "Each helps the other to reach its own goal.",
    ),
    Entry(
        "coconstruction",
        "Logique de coconstruction",
        "Co-construction",
        "Les parties construisent ensemble un but commun.",
        "The parties build a common goal together.",
    ),
)

MONEY: tuple[Entry, ...] = (
    Entry("none", "Aucun argent ne circule entre nous", "No money flows between us"),
    Entry("gift", "L’une donne à l’autre", "One gives to the other", "Un don, sans prix en retour.", "A gift, with no price in return."),
    Entry(
        "subsidy",
        "Une collectivité ou l’État verse une subvention",
        "A public body grants a subsidy",
        "Pour un projet que l’association ou la fondation a choisi elle-même.",
        "For a project the association or foundation chose itself.",
    ),
    Entry("price", "L’une paie l’autre pour un service", "One pays the other for a service"),
    Entry("pooled", "Nous mettons de l’argent en commun", "We pool money"),
)

TERRITORIAL_FUNCTIONS: tuple[TerritorialFunction, ...] = (
    TerritorialFunction(
        "dialogue",
        "Dialogue territorial",
        "Territorial dialogue",
        activities=("Connaître le territoire et ses acteurs", "Se rencontrer", "Faire connaître les alliances", "Mettre en relation"),
        activities_en=("Know the territory and its actors", "Meet", "Make alliances known", "Connect people"),
    ),
    TerritorialFunction(
        "experimentation",
        "Expérimentations collectives",
        "Collective experiments",
        activities=("Repérer les besoins", "Construire des réponses ensemble", "Piloter les essais à plusieurs", "Évaluer les essais"),
        activities_en=("Identify needs", "Build answers together", "Steer trials together", "Evaluate trials"),
    ),
    TerritorialFunction(
        "support",
        "Accompagnements",
        "Support",
        activities=("Aider des projets à naître", "Former", "Accompagner des partenariats", "Transmettre à d’autres territoires"),
        activities_en=("Help projects to start", "Train", "Support partnerships", "Pass on to other territories"),
    ),
    TerritorialFunction(
        "place",
        "Gestion d’un lieu",
        "Running a place",
        activities=("Accueillir et échanger", "Travailler côte à côte", "Montrer ce qui se fait", "Fabriquer et essayer"),
        activities_en=("Welcome and talk", "Work side by side", "Show what is being done", "Make and try"),
    ),
)
