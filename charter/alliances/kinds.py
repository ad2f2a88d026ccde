"""The kinds of organisations that make alliances: canonical keys, labels beside them."""

from __future__ import annotations

from enum import StrEnum


class OrganisationKind(StrEnum):
    """What an organisation is. The value is stored; the labels are data (`LABELS`)."""

    ASSOCIATION = "association"
    FOUNDATION = "foundation"
    COMPANY = "company"
    LOCAL_AUTHORITY = "local_authority"
    STATE_SERVICE = "state_service"
    ACADEMIC = "academic"

    @property
    def public(self) -> bool:
        """A public body in the sense of subsidies: local authority or service of the State."""
        return self in {OrganisationKind.LOCAL_AUTHORITY, OrganisationKind.STATE_SERVICE}

    @property
    def general_interest(self) -> bool:
        """May be an « organisme d'intérêt général »: association or foundation (whether it is one is its own to say)."""
        return self in {OrganisationKind.ASSOCIATION, OrganisationKind.FOUNDATION}

    @property
    def label(self) -> str:
        """French label."""
        return LABELS[self][0]

    @property
    def label_en(self) -> str:
        """English label."""
        return LABELS[self][1]


LABELS: dict[OrganisationKind, tuple[str, str]] = {
    OrganisationKind.ASSOCIATION: ("association", "non-profit association"),
    OrganisationKind.FOUNDATION: ("fondation", "foundation"),
    OrganisationKind.COMPANY: ("entreprise", "company"),
    OrganisationKind.LOCAL_AUTHORITY: ("collectivité territoriale", "local authority"),
    OrganisationKind.STATE_SERVICE: ("service de l'État", "State service"),
    OrganisationKind.ACADEMIC: ("acteur académique", "academic body"),
}
