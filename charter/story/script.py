"""What is written, said and answered in each example, beside who says it (`cast`)."""
# french: an example told in French, as its people would write it

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from charter.story.debate import EMPLOI_DEBATE, Debate


@dataclass(frozen=True)
class Addition:
    """Words the side adds to an article (counted from 0)."""

    side: int
    article: int
    words: str


@dataclass(frozen=True)
class Remark:
    """A comment of a side on a quote of an article."""

    side: int
    article: int
    body: str
    quote: str


@dataclass(frozen=True)
class Script:
    """What happens. `answer`: the facilitator's reply to the first remark.

    `reservation`, `objection`: (side, article, reason); `scores` and `told` (texts by question): a row a side."""

    additions: tuple[Addition, ...]
    remarks: tuple[Remark, ...]
    answer: str
    scores: tuple[tuple[int | None, ...], ...]
    low_score: str
    story: str
    told: tuple[Mapping[str, str], ...]
    conclusion: str
    next_step: tuple[str, str]
    contract: Mapping[str, str]
    reservation: tuple[int, int, str] | None = None
    objection: tuple[int, int, str] | None = None
    debate: Debate | None = None


EMPLOI_SCRIPT = Script(
    additions=(
        Addition(
            0,
            1,
            "Le sas dure de trois à six mois. Chaque personne y avance à son rythme, avec une accompagnatrice des Passerelles et un "
            "formateur de Vigie Sécurité. Le Département lève avec elle les freins un à un : mobilité, garde d’enfants, logement.",
        ),
        Addition(
            1,
            2,
            "Nous nous engageons à ne laisser personne sortir du sas sans une suite : un contrat, une formation ou un accompagnement.",
        ),
    ),
    remarks=(
        Remark(2, 1, "« De trois à six mois » : pouvons-nous dire ce qui décide de la durée ?", "de trois à six mois"),
        Remark(0, 2, "Cette phrase est la plus importante pour nos bénévoles.", "ne laisser personne sortir du sas sans une suite"),
    ),
    answer="Proposition : la personne décide, avec son accompagnatrice.",
    scores=((4, 4, 3, 4, 5, 4, 3, 4, 4), (4, 5, 4, 3, 4, 4, 2, 4, 3), (3, 4, 2, 4, 4, 3, 4, 3, None)),
    low_score="Nous avançons, mais ce point demande plus de temps que prévu : parlons-en au prochain comité.",
    story=(
        "Onze personnes sont entrées dans le sas, sept travaillent aujourd’hui. Aucun de nous n’y serait parvenu seul : l’association "
        "connaissait les personnes, l’entreprise avait les postes, le Département a réglé les gardes d’enfants."
    ),
    told=(
        {
            "story": "En mai, Samira a signé son contrat devant les bénévoles qui l’avaient aidée à préparer sa carte professionnelle.",
            "added_value": "Des embauches réelles au bout du parcours. Chiffre : sept contrats, fourni par Vigie Sécurité.",
            "drawbacks": "Beaucoup de réunions en journée, difficiles pour nos bénévoles.",
            "lessons": "Annoncer les dates trois semaines à l’avance.",
            "verdict_reason": "Les personnes accueillies demandent que cela continue.",
        },
        {
            "story": "Un de nos chefs d’équipe, très réservé au départ, forme aujourd’hui les nouveaux. C’est, dit-il, ce qu’il préfère.",
            "added_value": "Nous n’aurions jamais rencontré ces candidats. Aucun n’est parti avant la fin de sa période d’essai.",
            "drawbacks": "Les délais de la carte professionnelle : six semaines, pendant lesquelles on attend.",
            "lessons": "Doubler le temps d’accueil la première semaine.",
            "verdict_reason": "Nous avons dix postes à pourvoir d’ici l’été.",
        },
        {
            "story": "La référente de parcours a trouvé en deux jours une place en crèche qui bloquait une embauche depuis trois mois.",
            "added_value": "Une réponse complète, là où chacun n’en avait qu’un morceau.",
            "drawbacks": "Nos délais de décision ont retardé le deuxième groupe.",
            "lessons": "Préparer la délibération suivante dès maintenant.",
            "verdict_reason": "Les élus veulent voir une deuxième année avant de généraliser.",
        },
    ),
    conclusion="Les trois parties veulent poursuivre, en allongeant l’accueil dans l’entreprise.",
    next_step=("Doubler le temps d’accueil chez Vigie Sécurité", "Vigie Sécurité"),
    contract={
        "scope_actions": "Créer et faire vivre un sas de trois à six mois entre l’insertion et l’emploi, pour vingt personnes par an.",
        "shared_objectives": "Que deux personnes sur trois sortent du sas avec un contrat ou une formation.",
        "facilitator_fee": "Le temps du tiers de confiance est pris en charge à parts égales par les trois parties.",
        "subsidy_schedule": "Un tiers à la signature, un tiers après douze mois, un tiers après vingt-quatre mois.",
        "subsidy_project": "L’expérimentation d’un sas vers l’emploi, telle que décrite à l’article « Objet et périmètre ».",
        "indicators": "Nombre d’entrées et de sorties ; récits de parcours ; satisfaction des équipes.",
        "data_uses": "Suivre les parcours des personnes accueillies, avec leur accord.",
    },
    reservation=(2, 6, "Sous réserve du vote du budget 2027."),
    objection=(
        2,
        4,
        "Il manque une phrase sur les délais de décision du Département : sans elle, je ne peux pas la présenter à la commission.",
    ),
    debate=EMPLOI_DEBATE,
)
MOBILITE_SCRIPT = Script(
    additions=(
        Addition(
            0, 1, "Sans voiture, pas d’emploi ; sans emploi, pas de voiture. Nous ouvrons ensemble un garage où l’on répare à prix juste."
        ),
    ),
    remarks=(Remark(1, 1, "Disons aussi que les réparations sont garanties.", "un garage où l’on répare à prix juste"),),
    answer="Bonne idée : l’atelier garantit déjà ses réparations trois mois.",
    scores=((4, 5, 4, 4, 5, 4, 4, 4, 3), (5, 4, 2, 4, 4, 5, 4, 3, 4), (4, 4, 4, 3, 4, 4, 3, 4, 4)),
    low_score="Le calendrier de l’atelier pèse surtout sur nos équipes : à rééquilibrer.",
    story="Quarante-deux voitures remises en route en trois mois, et trois mécaniciens embauchés après leur parcours d’insertion.",
    told=(
        {
            "story": "Karima est repartie avec sa voiture un jeudi ; elle commençait à cinq heures le vendredi.",
            "added_value": "Un atelier à nous deux jours par semaine. Chiffre : quarante-deux voitures, fourni par l’atelier.",
            "drawbacks": "Le téléphone sonne plus que nous ne pouvons répondre.",
            "lessons": "Prendre les rendez-vous par écrit.",
            "verdict_reason": "La liste d’attente est de six semaines.",
        },
        {
            "story": "Nos clients croisent ceux du garage partagé au café. Deux ont proposé de donner leur ancienne voiture.",
            "added_value": "Trois mécaniciens embauchés sans annonce.",
            "drawbacks": "Les deux ponts sont occupés quand nous en avons besoin.",
            "lessons": "Réserver un pont à l’année.",
            "verdict_reason": "À condition de mieux partager le calendrier.",
        },
        {
            "story": "Une personne que nous accompagnions a appris la mécanique ici avant d’y être embauchée.",
            "added_value": "Un débouché de plus pour les personnes que nous suivons.",
            "drawbacks": "Peu de chose.",
            "lessons": "Se dire tôt ce qui bloque.",
            "verdict_reason": "Le besoin est là.",
        },
    ),
    conclusion="Les parties poursuivent et cherchent un deuxième lieu.",
    next_step=("Trouver un deuxième lieu", "Route solidaire"),
    contract={
        "scope_actions": "Ouvrir un garage partagé, deux jours par semaine, dans l’atelier de l’entreprise.",
        "shared_objectives": "Remettre en route cent cinquante voitures par an et former six mécaniciens.",
        "indicators": "Voitures remises en route ; embauches ; récits de conducteurs.",
    },
)
