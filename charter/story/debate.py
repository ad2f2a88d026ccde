"""What the parties of an example debate while they write: their own words, what is called for, proposed, answered and put to consent."""
# french: an example told in French, as its people would write it

from __future__ import annotations

from dataclasses import dataclass

from workflows.amendments import AmendmentKind


@dataclass(frozen=True)
class Talk:
    """A thread: (side, member) opens it on a quote of an article and calls another (side, member), who answers."""

    by: tuple[int, int]
    called: tuple[int, int]
    article: int
    quote: str
    body: str
    answer: str


@dataclass(frozen=True)
class Answer:
    """What a side says of an amendment; a reason makes it an answer against."""

    side: int
    reason: str = ""


@dataclass(frozen=True)
class Proposal:
    """An amendment of (side, member) about an article: `before` becomes `after` in its words, or `after` are the words of a new one
    called `title` put behind it. `refused`: why the facilitator closes it; `remark`: what the facilitator says of it."""

    by: tuple[int, int]
    kind: AmendmentKind
    article: int
    after: str
    reason: str
    before: str = ""
    title: str = ""
    answers: tuple[Answer, ...] = ()
    refused: str = ""
    remark: str = ""


@dataclass(frozen=True)
class Debate:
    """Days count from its first day. `speaks`: (side, member) who alone speaks from then on for that side; `terms`: word, meaning, who
    defines it; `means`: rows of a table in an article, under a sentence with its note; `late`: (side, article, words) added once the
    round is over."""

    amendments_days: int
    consents_days: int
    adoption_days: int
    speaks: tuple[int, int]
    terms: tuple[tuple[str, str, tuple[int, int]], ...]
    means_by: tuple[int, int]
    means_article: int
    means_said: str
    means_note: str
    means: tuple[tuple[str, ...], ...]
    talk: Talk
    closed_by: int
    proposals: tuple[Proposal, ...]
    version: tuple[str, str]
    round_days: int
    round_over: str
    late: tuple[int, int, str]


EMPLOI_DEBATE = Debate(
    amendments_days=32,
    consents_days=40,
    adoption_days=46,
    speaks=(2, 0),
    terms=(
        ("sas", "Les trois à six mois entre l’entrée d’une personne et la suite choisie avec elle.", (0, 1)),
        ("suite", "Un contrat de travail, une formation ou un accompagnement que la personne accepte, signé avant sa sortie.", (1, 1)),
    ),
    means_by=(1, 1),
    means_article=6,
    means_said="Voici ce que chaque partie met en commun, chaque année",
    means_note="Montants estimés. Le contrat les précise, et la délibération du Département les confirme.",
    means=(
        ("Partie", "Apport", "Temps ou montant"),
        ("Les Passerelles de l’emploi", "Accompagnement, salle de formation", "Deux mi-temps, trois jours par semaine"),
        ("Vigie Sécurité", "Formateurs, certification de vingt personnes", "Quatre jours par semaine, 24 000 €"),
        ("Département", "Subvention, référente de parcours", "30 000 €, un temps plein"),
    ),
    talk=Talk(
        by=(0, 1),
        called=(1, 1),
        article=2,
        quote="dans le délai annoncé",
        body="Inès, combien de temps faut-il aujourd’hui pour obtenir une carte professionnelle ? Nos candidats nous le demandent.",
        answer="Six semaines en moyenne. Nous pouvons la demander dès la première semaine du sas.",
    ),
    closed_by=2,
    proposals=(
        Proposal(
            by=(2, 1),
            kind=AmendmentKind.wording,
            article=1,
            before="Le sas dure de trois à six mois.",
            after="Le sas dure de trois à six mois : la personne en décide, avec son accompagnatrice.",
            reason="Nos travailleurs sociaux le demandent : la durée ne doit pas dépendre d’un planning, mais de la personne.",
            answers=(Answer(0), Answer(1)),
        ),
        Proposal(
            by=(1, 0),
            kind=AmendmentKind.wording,
            article=4,
            before="Chaque partie dispose d’une voix, et d’une seule.",
            after="Chaque partie dispose d’une voix, et d’une seule ; pour les dépenses, la partie qui finance décide.",
            reason="Mon conseil d’administration veut savoir qui répond de l’argent engagé.",
            answers=(Answer(0, "Ce serait une voix pour ceux qui paient, et aucune pour ceux qui accompagnent."),),
            refused="La voix égale est le premier choix de cette alliance. Le contrat traite de l’argent, partie par partie.",
            remark="Je comprends l’inquiétude. Le contrat dira qui répond de quoi ; faut-il le redire ici ?",
        ),
        Proposal(
            by=(0, 1),
            kind=AmendmentKind.insertion,
            article=7,
            title="La place des bénévoles",
            after=(
                "Les bénévoles sont formés et reçus dans l’entreprise avant d’accompagner une personne. Nos réunions se tiennent en fin de "
                "journée, pour qu’ils y prennent part. Leurs frais de déplacement sont remboursés dans le mois."
            ),
            reason="Douze bénévoles portent ce projet et la charte n’en dit pas un mot.",
            answers=(Answer(1),),
            remark="Bonne question pour le comité de jeudi : qui rembourse les frais de déplacement ?",
        ),
    ),
    version=("Avant le premier tour", "Le texte lu ensemble au comité, avant que chacun le porte dans sa maison."),
    round_days=6,
    round_over="Neuf articles sur dix n’ont pas soulevé d’objection. Nous reprenons ensemble l’article sur la voix de chacun.",
    late=(2, 3, "Le Département annonce trois mois à l’avance les dates de sa commission : chacun sait quand une décision peut tomber."),
)
