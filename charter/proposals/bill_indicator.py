"""An indicator drawn from the bill on a « droit d'alliance d'intérêt général »: a bill that was NOT adopted.

It informs and never blocks. An alliance between peers misses the first point and is an alliance all the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from charter.alliances.models import OrganisationKind
from workflows.base import N_

LABEL = N_("Proposition de loi non adoptée")
NOTICE = N_(
    "Ces cinq points viennent d’une proposition de loi déposée en 2021 et non adoptée. Ils n’ont aucune valeur obligatoire : "
    "ils aident seulement à réfléchir."
)


@dataclass(frozen=True, slots=True)
class BillFacts:
    """`None` means « not known yet ». `single_votes`: each party has one voice, whatever it brings."""

    kinds: frozenset[OrganisationKind]
    innovative: bool | None = None
    single_votes: bool | None = None
    contract_disinterested: bool | None = None
    shares_profits: bool | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """One point: `met` is None when not known. `text` and `why` are msgids."""

    key: str
    text: str
    why: str
    met: bool | None


def bill_indicator(facts: BillFacts) -> tuple[Point, ...]:
    """The five points, always in the same order."""
    general = bool(facts.kinds & {OrganisationKind.association, OrganisationKind.foundation})
    return (
        Point(
            "diversity",
            N_("Au moins un organisme d’intérêt général et une entreprise"),
            N_("Une alliance entre associations ne remplit pas ce point. Elle reste une alliance."),
            general and OrganisationKind.company in facts.kinds,
        ),
        Point(
            "common_interest",
            N_("Des intérêts communs autour d’un projet innovant"),
            N_("Le projet cherche une réponse nouvelle à un besoin que les parties partagent."),
            facts.innovative,
        ),
        Point(
            "equal_governance",
            N_("Une gouvernance à égalité, quels que soient les apports"),
            N_("Chaque partie a une voix, et une seule."),
            facts.single_votes,
        ),
        Point(
            "disinterested",
            N_("Un partenariat désintéressé, organisé par un contrat"),
            N_("Le contrat dit ce que chacun apporte, sans enrichir une partie."),
            facts.contract_disinterested,
        ),
        Point(
            "no_profit_sharing",
            N_("Un autre but que le partage de bénéfices"),
            N_("L’alliance sert d’abord l’intérêt général."),
            None if facts.shares_profits is None else not facts.shares_profits,
        ),
    )
