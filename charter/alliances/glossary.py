"""The product's words, defined in one line each, in French and in English: shown a tap away wherever they are used.

`docs/glossary.md` shows the same pairs; a test keeps the two in step.
"""

from __future__ import annotations

from collections.abc import Mapping

from charter.alliances import glossary_drafting
from charter.alliances.term import Term

TERMS: tuple[Term, ...] = (
    Term(
        "alliance",
        "alliance",
        "Des organisations différentes qui décident d’agir ensemble pour l’intérêt général.",
        "alliance",
        "Different organisations that decide to act together in the general interest.",
    ),
    Term(
        "general_interest",
        "intérêt général",
        "Ce qui sert tout le monde, et pas seulement une personne ou une organisation.",
        "general interest",
        "What serves everyone, not only one person or one organisation.",
    ),
    Term(
        "organisation",
        "organisation",
        "Une association, une fondation, une entreprise, une collectivité, un service de l’État ou un acteur académique.",
        "organisation",
        "An association, a foundation, a company, a local authority, a State service or an academic body.",
    ),
    Term(
        "party",
        "partie",
        "Une organisation dans une alliance. Chaque partie a une voix.",
        "party",
        "An organisation in one alliance. Each party has one voice.",
    ),
    Term("member", "membre", "Une personne qui agit pour une partie.", "member", "A person acting for a party."),
    Term(
        "signatory",
        "représentant habilité",
        "La personne qui a le pouvoir de signer pour une partie.",
        "signatory",
        "The person with authority to sign for a party.",
    ),
    Term(
        "drafter",
        "contributeur",
        "Une personne qui écrit et commente les textes pour une partie.",
        "drafter",
        "A person who writes and comments on texts for a party.",
    ),
    Term(
        "referent",
        "référent alliance",
        "La personne qui suit l’alliance dans une partie et parle pour elle.",
        "alliance referent",
        "The person who follows the alliance within a party and speaks for it.",
    ),
    Term(
        "observer",
        "observateur",
        "Une personne qui lit sans écrire ni signer.",
        "observer",
        "A person who reads, without writing or signing.",
    ),
    Term(
        "facilitator",
        "tiers de confiance",
        "Une personne neutre qui aide les parties à dialoguer. Elle ne vote pas.",
        "facilitator",
        "A neutral person who helps the parties to talk. They have no vote.",
    ),
    Term(
        "proposal",
        "proposition",
        "La première étape : dire le besoin, le territoire, et inviter des parties.",
        "proposal",
        "The first stage: name the need and the territory, and invite parties.",
    ),
    Term(
        "declaration",
        "déclaration",
        "Ce que chaque partie dit d’elle : ses objectifs, ses leviers, ses moyens, ses contraintes.",
        "declaration",
        "What each party says of itself: objectives, levers, means, constraints.",
    ),
    Term(
        "partnership_model",
        "modèle de partenariat",
        "La façon de coopérer que les parties choisissent, parmi neuf.",
        "partnership model",
        "The way of cooperating the parties choose, among nine.",
    ),
    Term(
        "lever",
        "levier",
        "Ce par quoi une partie agit : mécénat, RSE ou innovation sociétale.",
        "lever",
        "What a party acts through: philanthropy, CSR or societal innovation.",
    ),
    Term(
        "philanthropy",
        "mécénat",
        "Un soutien donné sans attendre de retour direct : argent, biens ou compétences.",
        "philanthropy",
        "Support given with nothing directly expected in return: money, goods or skills.",
    ),
    Term(
        "csr",
        "RSE",
        "Responsabilité sociétale des entreprises : tenir compte, dans son métier, de la société et de l’environnement.",
        "CSR",
        "Corporate social responsibility: taking society and the environment into account in one's trade.",
    ),
    Term(
        "societal_innovation",
        "innovation sociétale",
        "Une réponse nouvelle à un besoin de la société.",
        "societal innovation",
        "A new answer to a need of society.",
    ),
    Term(
        "sdg",
        "objectif de développement durable (ODD)",
        "L’un des 17 buts adoptés par les Nations unies en 2015. Faire alliance est le dix-septième.",
        "sustainable development goal (SDG)",
        "One of the 17 goals adopted by the United Nations in 2015. Making alliances is the seventeenth.",
    ),
    *glossary_drafting.TERMS,
    Term(
        "model_contract",
        "contrat type",
        "Un contrat préparé à partir de clauses prêtes et de ce que les parties ont déclaré.",
        "model contract",
        "A contract prepared from ready clauses and from what the parties declared.",
    ),
    Term(
        "clause",
        "clause",
        "Un passage du contrat qui règle une seule question.",
        "clause",
        "A passage of the contract that settles one question.",
    ),
    Term(
        "contribution",
        "apport",
        "Ce qu’une partie met au service de l’alliance : argent, temps, matériel.",
        "contribution",
        "What a party brings to the alliance: money, time, equipment.",
    ),
    Term(
        "deliberation",
        "délibération",
        "La décision par laquelle l’assemblée d’une collectivité autorise la signature.",
        "deliberation",
        "The decision by which a local authority's assembly allows the signature.",
    ),
    Term(
        "subsidy",
        "subvention",
        "Une aide d’une personne publique à un projet que l’association ou la fondation a choisi elle-même.",
        "subsidy",
        "Public support for a project which the association or foundation chose itself.",
    ),
    Term(
        "envelope", "enveloppe", "Les documents envoyés ensemble à la signature.", "envelope", "The documents sent together for signature."
    ),
    Term(
        "evidence_file",
        "dossier de preuve",
        "Le document qui montre qui a signé, quand et comment.",
        "evidence file",
        "The document showing who signed, when and how.",
    ),
    Term(
        "electronic_signature",
        "signature électronique",
        "Un procédé qui identifie la personne qui signe et montre si le document a changé depuis.",
        "electronic signature",
        "A process that identifies the signer and shows whether the document has changed since.",
    ),
    Term(
        "fingerprint",
        "empreinte",
        "Une suite de caractères calculée sur un texte : si un mot change, l’empreinte change.",
        "fingerprint",
        "A string computed from a text: if one word changes, the fingerprint changes.",
    ),
    Term(
        "checkpoint",
        "point d’étape",
        "Une date où les parties évaluent ensemble l’alliance.",
        "checkpoint",
        "A date on which the parties evaluate the alliance together.",
    ),
    Term(
        "review",
        "bilan",
        "Le document qui rassemble les réponses des parties à un point d’étape.",
        "review",
        "The document that gathers the parties' answers at a checkpoint.",
    ),
    Term(
        "verdict",
        "suite à donner",
        "Le choix fait après un point d’étape : poursuivre, réorienter ou arrêter.",
        "verdict",
        "The choice made after a checkpoint: pursue, redirect or stop.",
    ),
    Term(
        "contract_amendment",
        "avenant",
        "Un écrit signé par toutes les parties qui modifie le contrat.",
        "contract amendment",
        "A document signed by all parties that changes the contract.",
    ),
    Term(
        "journal",
        "journal",
        "La suite des faits de l’alliance, que personne ne peut effacer.",
        "journal",
        "The record of the alliance's facts, which nobody can erase.",
    ),
)

BY_KEY: Mapping[str, Term] = {term.key: term for term in TERMS}


def as_markdown() -> str:
    """The table of `docs/glossary.md`."""
    lines = ["| français | English | définition | definition |", "| --- | --- | --- | --- |"]
    lines += [f"| {t.term} | {t.term_en} (`{t.key}`) | {t.definition} | {t.definition_en} |" for t in TERMS]
    return "\n".join(lines) + "\n"
