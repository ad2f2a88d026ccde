# ruff: noqa: E501 (prose)
"""A made-up alliance of three parties, as plain data, the way the rooms hand it to the documents."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from typing import Any

WHEN = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)


def text(value: str, *marks: dict[str, Any]) -> dict[str, Any]:
    return {"type": "text", "text": value, **({"marks": list(marks)} if marks else {})}


def paragraph(*runs: dict[str, Any] | str) -> dict[str, Any]:
    return {"type": "paragraph", "content": [text(run) if isinstance(run, str) else run for run in runs]}


def heading(level: int, value: str) -> dict[str, Any]:
    return {"type": "heading", "attrs": {"level": level}, "content": [text(value)]}


def items(kind: str, *values: str) -> dict[str, Any]:
    return {"type": kind, "content": [{"type": "list_item", "content": [paragraph(value)]} for value in values]}


STRONG = {"type": "strong"}
EM = {"type": "em"}

PARTIES: list[dict[str, Any]] = [
    {
        "name": "Les Ateliers du Marais",
        "short": "les Ateliers",
        "initial": "A",
        "kind": "association",
        "identity": "Association déclarée, RNA W442001234, dont le siège est 4 rue des Salorges, 44000 Nantes",
        "representative": {"name": "Mme Anaïs Le Guénédal", "capacity": "présidente"},
    },
    {
        "name": "Coopérative Brièreborn & Łódź",
        "short": "la Coopérative",
        "initial": "C",
        "kind": "entreprise",
        "identity": "Société coopérative d'intérêt collectif à capital variable, SIREN 732 829 320, dont le siège est 12 quai de la Fosse, 44600 Saint-Nazaire",
        "representative": {"name": "M. Zbigniew Œuvrard", "capacity": "directeur général"},
    },
    {
        "name": "Communauté de communes de l'Estuaire et du Sillon",
        "short": "la Communauté",
        "initial": "E",
        "kind": "collectivité territoriale",
        "identity": "Établissement public de coopération intercommunale, SIREN 200 072 452, dont le siège est 2 boulevard de la Loire, 44260 Savenay",
        "representative": {"name": "M. Étienne Nuñez-Hervé", "capacity": "président, habilité par délibération du 12 janvier 2026"},
    },
]

ARTICLES: list[tuple[str, list[dict[str, Any]]]] = [
    (
        "Ce qui nous rassemble",
        [
            paragraph(
                "Sur ce territoire, une personne sur quatre ne se soigne pas, ne se forme pas ou ne travaille pas faute de pouvoir s'y rendre. Aucun de nous ne peut y répondre seul : l'association connaît les personnes, l'entreprise connaît les véhicules, la collectivité connaît les routes et les droits."
            ),
            paragraph(
                "Nous nous donnons un ",
                text("but commun", STRONG),
                " : que chacun, d'ici à trois ans, dispose d'une manière ",
                text("simple, digne et abordable", EM),
                " d'aller là où sa vie l'appelle.",
            ),
        ],
    ),
    (
        "Le besoin et le territoire",
        [
            paragraph(
                "L'alliance agit dans les onze communes de la communauté, en commençant par les quatre qui n'ont ni gare ni ligne régulière. Elle s'adresse d'abord :"
            ),
            items(
                "bullet_list",
                "aux personnes en recherche d'emploi ou en formation ;",
                "aux personnes âgées qui ont cessé de conduire ;",
                "aux jeunes de moins de vingt-cinq ans sans permis.",
            ),
        ],
    ),
    (
        "Ce que chacun cherche",
        [
            paragraph(
                "Chaque partie a dit ce qu'elle attend pour elle-même, et les autres l'ont entendu sans le juger. Un objectif propre n'est pas un défaut de l'alliance : il en est la condition, parce qu'on ne tient dans la durée que ce qui nous sert aussi."
            ),
            heading(3, "Les objectifs déclarés"),
            items(
                "ordered_list",
                "Les Ateliers veulent accompagner deux cents personnes par an au lieu de soixante.",
                "La Coopérative veut éprouver un modèle de location solidaire qui s'équilibre sans perte.",
                "La Communauté veut réduire l'isolement sans ouvrir une ligne qu'elle ne pourrait financer.",
            ),
        ],
    ),
    (
        "Ce que chacun apporte",
        [
            paragraph(
                "Les apports sont de nature différente et d'égale dignité. Une heure de bénévole, un véhicule, une subvention de 18 000 € ne se comparent pas ; ils se complètent. Ils sont inscrits au contrat, avec leur calendrier, et chacun dit tôt ce qu'il ne pourra pas tenir."
            ),
        ],
    ),
    (
        "Nos différences, à découvert",
        [
            paragraph(
                "Nos tailles, nos rythmes et nos marges de manœuvre ne sont pas les mêmes. Nous convenons qu'une asymétrie se dit, se mesure et se compense : le délai de décision de la collectivité est annoncé ; la trésorerie de l'association n'avance jamais une dépense commune ; la communication de l'entreprise est relue par toutes."
            ),
        ],
    ),
    (
        "Décider ensemble",
        [
            paragraph(
                "Une partie, une voix, quel que soit son apport. Nous cherchons le consentement : une décision est prise quand plus personne n'y oppose d'objection fondée sur l'intérêt de l'alliance."
            ),
            heading(3, "En cas d'objection"),
            paragraph(
                "L'objection est écrite et motivée. Le tiers de confiance réunit les parties sous quinze jours. Si elle demeure, la décision est reportée d'un mois, puis reprise telle quelle ou retirée."
            ),
            heading(4, "Ce qui ne se décide pas à distance"),
            paragraph("L'entrée ou le départ d'une partie, et la fin de l'alliance."),
        ],
    ),
    (
        "Se parler vrai",
        [
            paragraph(
                "Chaque partie nomme un référent qui répond sous cinq jours ouvrés. Ce qui est confié comme confidentiel le reste. On ne découvre pas une difficulté dans la presse : on l'annonce aux autres d'abord, même incomplète, même tard le soir."
            ),
        ],
    ),
    (
        "Essayer, se tromper, apprendre",
        [
            paragraph(
                "L'alliance est une expérimentation. L'échec d'un essai mené de bonne foi n'est la faute de personne ; ne pas en tirer la leçon serait celle de tous. Chaque essai est raconté, réussi ou non, dans une page ouverte à qui voudrait le reprendre : voir ",
                text("le carnet public", {"type": "link", "attrs": {"href": "https://exemple.fr/carnet?essai=1&an=2"}}),
                ".",
            ),
        ],
    ),
    (
        "Rendre compte et s'évaluer",
        [
            paragraph(
                "Nous nous retrouvons à neuf mois, à dix-huit mois puis chaque année. Chacun répond d'abord pour soi, sans voir les réponses des autres ; les écarts sont ensuite lus ensemble. À chaque étape nous décidons : poursuivre, réorienter ou arrêter."
            ),
        ],
    ),
    (
        "Durée, départ et suite",
        [
            paragraph(
                "La charte vaut pour trois ans à compter de sa signature. Une partie peut quitter l'alliance en prévenant trois mois avant, en disant pourquoi, et en tenant jusqu'au terme ce que d'autres attendent d'elle."
            ),
            paragraph("Ce que nous aurons appris reste à tous. Ce que chacun a apporté reste à chacun."),
        ],
    ),
]

SIGNATURES = [
    {
        "field": f"signature-{index}",
        "organisation": party["name"],
        "name": party["representative"]["name"],
        "capacity": party["representative"]["capacity"].split(",")[0],
        "label": f"Signature de {party['representative']['name']} pour {party['name']}",
    }
    for index, party in enumerate(PARTIES, start=1)
]


def digest(value: object) -> str:
    return hashlib.sha256(str(value).encode()).hexdigest()


def charter(*, draft: bool = False) -> dict[str, Any]:
    return {
        "lang": "fr",
        "title": "Charte du faire alliance",
        "alliance": "Se déplacer dans l'estuaire",
        "reference": "ALL-2026-0042",
        "version": "version 3",
        "purpose": "Que chacun, en trois ans, puisse aller là où sa vie l'appelle.",
        "draft": draft,
        "adopted_on": date(2026, 2, 20),
        "parties": PARTIES,
        "facilitator": {"name": "Maison des alliances de Loire-Atlantique"},
        "place_and_date": "",
        "preamble": [
            paragraph(
                "Nous, associations, entreprise et collectivité d'un même estuaire, n'avons ni les mêmes métiers ni les mêmes mots. Nous avons pris neuf mois pour nous écouter. Voici ce que nous nous promettons."
            )
        ],
        "articles": [
            {"number": number, "title": title, "content": content, "hash": digest(content)}
            for number, (title, content) in enumerate(ARTICLES, start=1)
        ],
        "signatures": SIGNATURES,
        "journal_head": digest("journal"),
    }


def contract() -> dict[str, Any]:
    base = charter()
    del base["preamble"], base["articles"], base["adopted_on"]
    clauses = [
        {"number": number, "title": title, "content": content, "special": number == 5}
        for number, (title, content) in enumerate(ARTICLES, start=1)
    ]
    return {
        **base,
        "title": "Contrat d'alliance",
        "date": date(2026, 3, 3),
        "recitals": "Les parties ont adopté le 20 février 2026 une charte commune, annexée au présent contrat.\n\nElles souhaitent en régler l'exécution : les apports, la gouvernance, la durée.",
        "sections": [
            {"title": "Objet et parties", "clauses": clauses[:3]},
            {"title": "Engagements", "clauses": clauses[3:6]},
            {"title": "Vie du contrat", "clauses": clauses[6:]},
        ],
        "contributions": [
            {
                "party": "Les Ateliers du Marais",
                "nature": "humain",
                "description": "Accompagnement des bénéficiaires : 0,8 équivalent temps plein",
                "when": "dès la signature",
                "amount": 34_500,
            },
            {
                "party": "Coopérative Brièreborn & Łódź",
                "nature": "matériel",
                "description": "Douze véhicules électriques légers et leur entretien",
                "when": "à partir de juin 2026",
                "amount": 61_200,
            },
            {
                "party": "Communauté de communes de l'Estuaire et du Sillon",
                "nature": "financier",
                "description": "Subvention de démarrage, versée en deux fois",
                "when": "avril et octobre 2026",
                "amount": 18_000,
            },
            {
                "party": "Les Ateliers du Marais",
                "nature": "réseau",
                "description": "Mise en relation avec les onze centres communaux d'action sociale",
                "when": "en continu",
                "amount": None,
            },
        ],
        "annexes": [
            {"title": "Charte du faire alliance", "description": "adoptée le 20 février 2026", "sha256": digest("charte")},
            {"title": "Règlement du comité d'alliance", "description": "", "sha256": ""},
        ],
    }
