"""Who they are and what they say. Everybody is fictional; the need, the parties' kinds and what each brings follow a real kind of alliance:
a security company, insertion associations and public employment services building a way into work for people said to be unemployable."""
# french: an example told in French, as its people would write it

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from charter.alliances.models import OrganisationKind
from charter.alliances.organisations import OrganisationData
from charter.story.script import EMPLOI_SCRIPT, MOBILITE_SCRIPT, Script
from workflows.roles import Role

SPEAKS = (Role.referent.value, Role.signatory.value, Role.drafter.value)


@dataclass(frozen=True)
class Character:
    """Somebody of the example: name, address, capacity."""

    name: str
    email: str
    title: str
    roles: tuple[str, ...] = SPEAKS


@dataclass(frozen=True)
class Side:
    """One party: its organisation, its people (the first speaks and signs), and what it declares."""

    organisation: OrganisationData
    people: tuple[Character, ...]
    declaration: Mapping[str, Any]
    word: str = ""
    deliberation: str = ""

    @property
    def speaker(self) -> Character:
        """Who speaks and signs for it."""
        return self.people[0]


@dataclass(frozen=True)
class Cast:
    """A whole alliance: title, need, territory, goals, sides (the first proposes), facilitator, model and why."""

    title: str
    need: str
    territories: tuple[tuple[str, str], ...]
    sdgs: tuple[int, ...]
    domains: tuple[str, ...]
    sides: tuple[Side, ...]
    facilitator: Character
    facilitator_organisation: str
    model: str
    model_reason: str
    script: Script


PASSERELLES = Side(
    organisation=OrganisationData(
        name="Les Passerelles de l’emploi",
        kind=OrganisationKind.association,
        siren="808000012",
        rna="W381234567",
        address="12 rue des Alliés, 38100 Grenoble",
        legal_form="association régie par la loi du 1er juillet 1901",
    ),
    people=(
        Character("Aïcha Benali", "aicha.benali@passerelles.example", "présidente"),
        Character("Théo Marchand", "theo.marchand@passerelles.example", "chargé d’insertion", (Role.drafter.value,)),
        Character("Odile Garnier", "odile.garnier@passerelles.example", "trésorière bénévole", (Role.observer.value,)),
    ),
    declaration={
        "objectives": ["innovation", "mobilisation"],
        "levers": ["societal_innovation"],
        "means": ["human", "material"],
        "contributions": [
            {"means": "human", "label": "Deux accompagnatrices à mi-temps", "cents": 4_200_000},
            {"means": "human", "label": "Douze bénévoles formés à l’écoute", "cents": None},
            {"means": "material", "label": "Une salle de formation trois jours par semaine", "cents": 900_000},
        ],
        "constraints": "Nous ne pouvons pas avancer d’argent : nos subventions arrivent en juin.",
        "strengths": "Nous connaissons les personnes et les quartiers depuis quinze ans.",
        "fragilities": "Deux postes sur cinq dépendent d’un financement annuel.",
        "needs": "Des réunions en fin de journée, pour que nos bénévoles y soient.",
        "posture": "coconstruction",
    },
)
VIGIE = Side(
    organisation=OrganisationData(
        name="Vigie Sécurité",
        kind=OrganisationKind.company,
        siren="808000020",
        address="4 avenue de l’Europe, 38130 Échirolles",
        legal_form="société par actions simplifiée",
    ),
    people=(
        Character("Marc Delmas", "marc.delmas@vigie-securite.example", "directeur général"),
        Character("Inès Ferreira", "ines.ferreira@vigie-securite.example", "responsable du recrutement", (Role.drafter.value,)),
    ),
    declaration={
        "objectives": ["performance", "innovation"],
        "levers": ["csr", "societal_innovation"],
        "means": ["financial", "human"],
        "contributions": [
            {"means": "human", "label": "Quatre formateurs un jour par semaine", "cents": 3_600_000},
            {"means": "financial", "label": "Certification professionnelle de vingt personnes par an", "cents": 2_400_000},
        ],
        "constraints": "Une carte professionnelle est obligatoire pour exercer : sans elle, nous ne pouvons pas embaucher.",
        "strengths": "Trente embauches possibles chaque année dans le département.",
        "fragilities": "Notre métier est peu connu et mal aimé ; un salarié sur trois nous quitte la première année.",
        "needs": "Apprendre à accueillir des personnes éloignées de l’emploi.",
        "posture": "coconstruction",
    },
    word="Nous cherchons à recruter autrement, et nous voulons apprendre.",
)
DEPARTEMENT = Side(
    organisation=OrganisationData(
        name="Département du Val-d’Isère-et-Drac",
        kind=OrganisationKind.local_authority,
        siren="808000038",
        address="7 rue Fantin-Latour, 38000 Grenoble",
        legal_form="collectivité territoriale",
    ),
    people=(
        Character("Hélène Vasseur", "helene.vasseur@departement.example", "vice-présidente chargée de l’insertion"),
        Character("Karim Ziani", "karim.ziani@departement.example", "chef du service insertion", (Role.referent.value, Role.drafter.value)),
    ),
    declaration={
        "objectives": ["solidarity", "innovation"],
        "levers": ["societal_innovation"],
        "means": ["financial", "human"],
        "contributions": [
            {"means": "financial", "label": "Subvention de l’expérimentation, sur trois ans", "cents": 9_000_000},
            {"means": "human", "label": "Une référente de parcours", "cents": 2_800_000},
        ],
        "constraints": "Toute dépense demande une délibération ; la commission se réunit six fois par an.",
        "strengths": "Nous suivons les personnes concernées et pouvons lever des freins : mobilité, garde d’enfants, logement.",
        "fragilities": "Nos délais de décision sont longs.",
        "needs": "Des résultats racontés autant que comptés.",
        "posture": "coconstruction",
    },
    word="Le Département s’engage si chacun garde une voix.",
    deliberation="2026-CP04-117",
)
SUBSIDY_CENTS = 9_000_000

EMPLOI = Cast(
    title="Un sas vers l’emploi",
    need=(
        "Sur notre territoire, des entreprises de sécurité ne trouvent personne, et des personnes que l’on dit inemployables ne trouvent "
        "rien. Entre les deux, il manque un sas : un temps pour reprendre confiance, apprendre le métier et lever les freins un à un. "
        "Aucun de nous ne peut le créer seul."
    ),
    territories=(("department", "38"),),
    sdgs=(1, 4, 8, 10, 17),
    domains=("employment", "education"),
    sides=(PASSERELLES, VIGIE, DEPARTEMENT),
    facilitator=Character("Noé Passeur", "noe.passeur@atelier-alliances.example", "facilitateur"),
    facilitator_organisation="Atelier des alliances",
    model="social_rd",
    model_reason="Il s’agit d’inventer une réponse qui n’existe pas encore, et de l’essayer avant de la généraliser.",
    script=EMPLOI_SCRIPT,
)

ROUTE = Side(
    organisation=OrganisationData(
        name="Route solidaire",
        kind=OrganisationKind.association,
        siren="808000046",
        rna="W381234568",
        address="3 quai de la Graille, 38000 Grenoble",
        legal_form="association régie par la loi du 1er juillet 1901",
    ),
    people=(Character("Jeanne Moulin", "jeanne.moulin@route-solidaire.example", "présidente"),),
    declaration={
        "objectives": ["mobilisation", "solidarity"],
        "levers": ["societal_innovation"],
        "means": ["human"],
        "contributions": [{"means": "human", "label": "Deux conseillères en mobilité", "cents": 5_000_000}],
        "constraints": "Nous n’avons pas d’atelier à nous.",
        "strengths": "Nous savons conseiller sans juger.",
        "fragilities": "Une équipe de quatre personnes.",
        "needs": "Un lieu, et des mécaniciens.",
        "posture": "coconstruction",
    },
)
ATELIERS = Side(
    organisation=OrganisationData(
        name="Ateliers Martin Automobiles",
        kind=OrganisationKind.company,
        siren="808000053",
        address="21 avenue de Grugliasco, 38130 Échirolles",
        legal_form="société à responsabilité limitée",
    ),
    people=(Character("Sylvie Martin", "sylvie.martin@ateliers-martin.example", "gérante"),),
    declaration={
        "objectives": ["performance", "solidarity"],
        "levers": ["csr"],
        "means": ["human", "material"],
        "contributions": [
            {"means": "material", "label": "Deux ponts élévateurs et l’outillage", "cents": 1_800_000},
            {"means": "human", "label": "Un chef d’atelier une journée par semaine", "cents": 1_200_000},
        ],
        "constraints": "L’atelier doit rester ouvert à nos clients.",
        "strengths": "Un savoir-faire de trente ans.",
        "fragilities": "Nous peinons à recruter des apprentis.",
        "needs": "Des candidats motivés.",
        "posture": "coconstruction",
    },
    word="D’accord, à condition de ne pas promettre plus que deux ponts.",
)
MOBILITE = Cast(
    title="Le garage qui remet en route",
    need=(
        "Dans l’agglomération, une personne sur quatre en recherche d’emploi a refusé un poste faute de pouvoir s’y rendre. Les voitures "
        "existent, les réparations coûtent trop cher. Un garage partagé peut remettre en route des voitures et des parcours."
    ),
    territories=(("department", "38"),),
    sdgs=(1, 8, 11, 17),
    domains=("mobility", "employment"),
    sides=(ROUTE, ATELIERS, PASSERELLES),
    facilitator=EMPLOI.facilitator,
    facilitator_organisation=EMPLOI.facilitator_organisation,
    model="shared_expertise",
    model_reason="Chacun a un savoir-faire que les autres n’ont pas.",
    script=MOBILITE_SCRIPT,
)
