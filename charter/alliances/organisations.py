"""Organisations and their French identifiers.

SIREN and SIRET carry a Luhn key (checked by python-stdnum); an RNA is « W » followed by nine characters and is optional everywhere:
associations of Moselle, Bas-Rhin and Haut-Rhin have none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from stdnum.exceptions import ValidationError
from stdnum.fr import siren, siret

from charter.alliances.models import Organisation, OrganisationKind
from charter.errors import Invalid
from charter.i18n import gettext
from charter.work import Work
from workflows.base import N_

WRONG_SIREN = N_("Ce numéro SIREN n’est pas valable : vérifiez ses 9 chiffres sur l’avis de situation de l’Insee")
WRONG_SIRET = N_("Ce numéro SIRET n’est pas valable : vérifiez ses 14 chiffres, le SIREN puis 5 autres")
RNA = re.compile(r"W[0-9A-Z]{9}")


@dataclass(frozen=True)
class OrganisationData:
    """What is said of an organisation. `siren` may be given as a SIRET; spaces are accepted everywhere."""

    name: str
    kind: OrganisationKind
    siren: str = ""
    siret: str = ""
    rna: str = ""
    address: str = ""
    legal_form: str = ""


def check(data: OrganisationData) -> OrganisationData:
    """The same, cleaned. Raises Invalid naming each wrong field and its mend."""
    errors: dict[str, list[str]] = {}
    name = " ".join(data.name.split())
    if not 2 <= len(name) <= 200:
        errors["name"] = [gettext(N_("Indiquez le nom de l’organisation, tel qu’il figure dans ses statuts"))]
    found = {
        "siren": _number(
            data.siren,
            9,
            siren.is_valid,
            WRONG_SIREN,
            errors,
            "siren",
        ),
        "siret": _number(
            data.siret,
            14,
            siret.is_valid,
            WRONG_SIRET,
            errors,
            "siret",
        ),
    }
    rna = re.sub(r"\s", "", data.rna).upper()
    if rna and not RNA.fullmatch(rna):
        errors["rna"] = [
            gettext(N_("Un numéro RNA commence par W, suivi de 9 caractères, par exemple W751234567. Laissez vide si vous n’en avez pas."))
        ]
    if found["siret"] and found["siren"] and not found["siret"].startswith(found["siren"]):
        errors.setdefault("siret", []).append(
            gettext(N_("Ce SIRET n’appartient pas à ce SIREN : ses 9 premiers chiffres doivent être les mêmes"))
        )
    if errors:
        raise Invalid(errors)
    return OrganisationData(
        name,
        data.kind,
        found["siren"] or found["siret"][:9],
        found["siret"],
        rna,
        " ".join(data.address.split())[:500],
        data.legal_form.strip()[:120],
    )


def register(work: Work, data: OrganisationData) -> Organisation:
    """A new organisation from checked data. Raises Invalid."""
    clean = check(data)
    return work.add(Organisation(created_at=work.now(), **vars(clean)))


def amend(work: Work, organisation: Organisation, data: OrganisationData) -> None:
    """Corrects an organisation's own description. Raises Invalid."""
    for name, value in vars(check(data)).items():
        setattr(organisation, name, value)
    work.session.flush()


def _number(text: str, length: int, valid: object, message: str, errors: dict[str, list[str]], field: str) -> str:
    digits = re.sub(r"[\s.\u00a0\u202f-]", "", text)
    if not digits:
        return ""
    try:
        good = len(digits) == length and digits.isdigit() and bool(valid(digits))  # type: ignore[operator]
    except ValidationError:
        good = False
    if not good:
        errors[field] = [gettext(message)]
        return ""
    return digits
