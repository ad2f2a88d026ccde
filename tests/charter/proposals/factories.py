"""A proposal at each of its moments, made through the services."""

from __future__ import annotations

from charter.accounts.models import Person
from charter.accounts.services import actor_of
from charter.alliances.models import Alliance, OrganisationKind, Party
from charter.alliances.organisations import OrganisationData
from charter.alliances.territories import Territory, TerritoryKind, TerritoryName, keys_of
from charter.proposals import services
from charter.proposals.services import DeclarationData
from charter.work import Work
from tests import factories
from workflows.roles import Role

NEED = "Des personnes loin de l’emploi attendent des mois avant un premier contrat."
SAID = DeclarationData(
    objectives=("innovation", "solidarity"),
    levers=("societal_innovation",),
    means=("human",),
    contributions=({"means": "human", "label": "deux formatrices", "cents": 1_250_000},),
    constraints="Conseil d’administration tous les deux mois.",
    posture="coconstruction",
)
PLACES = (
    (TerritoryKind.commune, "38185", "Grenoble", "38", ("38000", "38100")),
    (TerritoryKind.commune, "93066", "Saint-Denis", "93", ("93200",)),
    (TerritoryKind.commune, "97411", "Saint-Denis", "974", ("97400",)),
    (TerritoryKind.department, "38", "Isère", "", ()),
)


def territories(work: Work) -> None:
    """A few places to choose from."""
    for rank, (kind, code, name, department, postcodes) in enumerate(PLACES):
        work.session.add(Territory(kind=kind, code=code, name=name, department=department, population=1000 - rank))
        for key, place in keys_of(kind, name, code, postcodes):
            row = TerritoryName(key=key, code=code, place=place, rank=list(TerritoryKind).index(kind), population=1000 - rank)
            work.session.add(row)
    work.session.flush()


def proposed(work: Work, person: Person | None = None, *, signs: bool = True) -> Alliance:
    """An alliance just proposed, its only party in."""
    who = person or factories.person(work, "Léa Martin")
    organisation = OrganisationData("Les Passerelles", OrganisationKind.association, siren=factories.siren(900))
    roles = [Role.referent.value, Role.drafter.value, *([Role.signatory.value] if signs else [])]
    return services.start(work.by(actor_of(who)), who, "Un sas vers l’emploi", NEED, organisation, "présidente", roles)


def invited(work: Work, alliance: Alliance, email: str = "tom@vigie.test", *, name: str = "Vigie Sécurité") -> Party:
    """A company invited by the proposer."""
    proposer = factories.speaker(alliance.parties[0])
    return services.invite(
        work.by(actor_of(proposer)),
        alliance,
        name,
        OrganisationKind.company,
        email,
        "Tom Vigie",
        "Venez construire cela avec nous.",
        siren=factories.siren(901),
    )


def ready(work: Work) -> Alliance:
    """A proposal that lacks nothing."""
    alliance = proposed(work)
    party = invited(work, alliance)
    services.accept(work, party, "Avec joie.")
    services.set_yourself(work, party.members[0], "directeur", signs=True)
    for one in alliance.accepted_parties:
        services.declare(work, one, SAID)
    services.choose_model(work, alliance, "social_rd", "Nous voulons essayer.")
    return alliance


def one_invited(work: Work) -> tuple[Alliance, Person]:
    """A proposal one party is invited to, committed, and the person who answers for that party."""
    alliance = proposed(work)
    party = invited(work, alliance)
    work.commit()
    return alliance, factories.speaker(party)
