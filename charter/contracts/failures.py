"""Why documents could not be laid out, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from charter.contracts.models import Contract
from charter.i18n import gettext
from workflows.base import N_

LASTING = frozenset({"timeout", "memory", "characters", "resource", "fields", "fonts"})
"""Reasons for which trying again gives the same result; the others (an engine killed, a process that did not start) are tried again."""

OPERATOR = N_("Demandez une nouvelle mise en page. Si cela continue, prévenez la personne qui administre le service : rien n’est perdu.")
TOO_LONG = N_(
    "Raccourcissez les réponses les plus longues, puis demandez une nouvelle mise en page. Ce qui est long peut faire une annexe à part."
)
ADVICE: Mapping[str, str] = {
    "characters": N_("Remplacez-les là où ils figurent (nom, adresse, réponse), puis demandez une nouvelle mise en page."),
    "fonts": N_("Prévenez la personne qui administre le service : les polices de caractères sont à réinstaller. Rien n’est perdu."),
    "resource": OPERATOR,
    "fields": OPERATOR,
    "engine": OPERATOR,
}


@dataclass(frozen=True)
class Failure:
    """`reason`: a limit's name or one of the PDF adapter's reasons; `message`: a msgid with `params`."""

    reason: str
    message: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, contract: Contract) -> Failure | None:
        """The failure of the contract's last rendering."""
        kept = contract.failure
        return cls(kept["reason"], kept["message"], kept["params"]) if kept else None

    @property
    def said(self) -> str:
        """What happened, in the current language."""
        return gettext(self.message, **self.params)

    @property
    def advice(self) -> str:
        """What to do, in the current language."""
        return gettext(ADVICE.get(self.reason, TOO_LONG))


ENGINE = Failure("engine", N_("Le document n’a pas pu être mis en page, malgré plusieurs essais"))
