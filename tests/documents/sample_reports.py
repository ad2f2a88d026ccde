# ruff: noqa: E501 (prose)
"""Sample evidence file and review, between the same parties as the sample charter."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.documents.sample import PARTIES, SIGNATURES, WHEN, digest, paragraph


def evidence() -> dict[str, Any]:
    people = [
        {
            "name": block["name"],
            "capacity": block["capacity"],
            "organisation": block["organisation"],
            "email": f"signataire{index}@exemple.fr",
            "facts": [
                {"label": "Document ouvert", "text": "3 mars 2026 à 14:02 (heure de Paris)"},
                {"label": "Identité vérifiée", "text": "code à usage unique envoyé à l'adresse vérifiée, lié à l'empreinte du document"},
            ],
            "seals": [
                {
                    "title": "Charte du faire alliance",
                    "facts": [
                        {"label": "Signée le", "text": "3 mars 2026 à 14:08 (heure de Paris) · PAdES B-LTA", "code": ""},
                        {"label": "Certificat n°", "text": "", "code": digest(index)[:40]},
                    ],
                }
            ],
        }
        for index, block in enumerate(SIGNATURES, start=1)
    ]
    return {
        "lang": "fr",
        "title": "Dossier de preuve",
        "alliance": "Se déplacer dans l'estuaire",
        "reference": "ENV-2026-0017",
        "purpose": "",
        "draft": False,
        "parties": PARTIES,
        "facilitator": None,
        "made_at": WHEN,
        "level_statement": "Les signatures sont électroniques au sens des articles 1366 et 1367 du code civil. Elles ne sont pas « qualifiées » : elles ne bénéficient pas de la présomption de fiabilité, et c'est ce dossier qui en rapporte les éléments.",
        "files": [
            {
                "title": title,
                "name": name,
                "size": "212 ko",
                "pages": 12,
                "sha256": digest(name),
                "original_sha256": digest(title),
                "archived": "3 mars 2026 à 14:08 (heure de Paris)",
                "stamped": "Horodatage d’essai (politique 1.2.3)",
                "certified": "Certifié par la plateforme le 2 mars 2026 à 09:00 (heure de Paris), avant toute signature (certificat n° 4F2A)",
            }
            for title, name in (("Charte du faire alliance", "charte.pdf"), ("Contrat d'alliance", "contrat.pdf"))
        ],
        "signatories": [{**person, "facts": [{"code": "", "text": "", **fact} for fact in person["facts"]]} for person in people],
        "about": "",
        "summary": [
            {
                **{name: person[name] for name in ("name", "capacity", "organisation")},
                "method": "code par courriel",
                "at": "3 mars 2026 à 14:08",
            }
            for person in people
        ],
        "articles": [
            {
                "number": 1,
                "title": "Un cap commun",
                "sentence": "L’article 1, « Un cap commun », a reçu l’accord de toutes les parties.",
                "matches": True,
                "sha256": digest("article"),
                "consents": [f"{block['organisation']} : d’accord" for block in SIGNATURES],
            }
        ],
        "charter_sha256": digest("charte"),
        "joined": [{"name": "charte.pdf", "sha256": digest("charte.pdf")}],
        "journal_length": 46,
        "events": [
            {"sequence": n, "at": WHEN, "what": what, "who": who}
            for n, (what, who) in enumerate(
                (
                    ("Enveloppe envoyée", "Maison des alliances"),
                    ("Document ouvert", "Mme Anaïs Le Guénédal"),
                    ("Signature apposée", "Mme Anaïs Le Guénédal"),
                    ("Document ouvert", "M. Zbigniew Œuvrard"),
                    ("Signature apposée", "M. Zbigniew Œuvrard"),
                    ("Enveloppe complète", "le service"),
                ),
                start=41,
            )
        ],
        "journal_head": digest("journal"),
        "journal_name": "journal.jsonl",
        "verify_url": "https://alliances.exemple.fr/verifier",
    }


def review() -> dict[str, Any]:
    scores = {
        "Sens et vision": (4.3, 4.7, 4.3),
        "Objectifs propres servis": (3.3, 4.0, 2.7),
        "Équilibre et asymétries": (2.5, 4.2, 3.0),
        "Gouvernance et décision": (4.0, 4.0, 4.1),
        "Confiance et communication": (4.7, 4.3, 4.0),
        "Moyens tenus": (4.0, 3.5, None),
        "Performance": (3.0, 3.0, 3.0),
        "Innovation": (4.5, 5.0, 3.5),
        "Impact et ODD": (None, None, None),
    }
    axes = []
    for label, values in scores.items():
        known = [value for value in values if value is not None]
        axes.append(
            {
                "label": label,
                "answers": [
                    {"party": party["name"], "initial": party["initial"], "value": value}
                    for party, value in zip(PARTIES, values, strict=True)
                ],
                "mean": sum(known) / len(known) if known else None,
                "gap": max(known) - min(known) if known else None,
            }
        )
    return {
        "lang": "fr",
        "title": "Bilan à dix-huit mois",
        "alliance": "Se déplacer dans l'estuaire",
        "reference": "ALL-2026-0042",
        "purpose": "",
        "draft": False,
        "parties": PARTIES,
        "facilitator": {"name": "Maison des alliances de Loire-Atlantique"},
        "date": date(2027, 9, 6),
        "checkpoint": "Point d'étape 2",
        "verdict": "Réorienter",
        "verdict_reason": "Le service tient et les personnes reviennent. L'effort, lui, n'est pas partagé comme prévu : les apports sont revus avant janvier.",
        "answered": 3,
        "expected": 3,
        "story": "Au printemps, Maëlle a pu prendre un emploi à douze kilomètres de chez elle. Elle n'en avait pas parlé : c'est sa conseillère qui l'a raconté.",
        "axes": axes,
        "questions": [
            {
                "label": "Ce qu'aucun n'aurait pu faire seul",
                "answers": [
                    {
                        "party": party["name"],
                        "content": [
                            paragraph(
                                "Ouvrir un point de prêt dans les quatre communes sans gare, en six mois, sans investissement public nouveau."
                            )
                        ],
                    }
                    for party in PARTIES
                ],
            }
        ],
        "next_steps": [
            {"what": "Réviser le tableau des apports", "who": "les trois parties", "due": date(2027, 12, 15)},
            {"what": "Ouvrir deux points de prêt", "who": "la Coopérative", "due": date(2028, 3, 1)},
        ],
        "journal_head": digest("journal"),
    }
