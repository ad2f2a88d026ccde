"""What a rendering can refuse or fail with."""

from __future__ import annotations

from charter.errors import CharterError, TooBig
from workflows.base import N_


class RenderTooBig(TooBig):
    """The document passes one of `limits.Limits`. `what` is the limit's name, `limit` its value."""

    def __init__(self, what: str, message: str, limit: int) -> None:
        super().__init__(message=message, limit=limit)
        self.what = what
        self.limit = limit


class RenderFailed(CharterError):
    """The PDF could not be made and nothing was left behind. `reason` is one of `REASONS`; `detail` is for the log."""

    status = 500
    title = N_("Le document n’a pas pu être mis en page")

    def __init__(self, reason: str, detail: str = "", **params: object) -> None:
        super().__init__(REASONS[reason], **params)
        self.reason = reason
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.reason}: {self.detail}" if self.detail else self.reason


REASONS = {
    "timeout": N_("La mise en page du document a pris trop de temps : elle a été arrêtée"),
    "killed": N_("La mise en page du document a été interrompue avant la fin"),
    "memory": N_("La mise en page du document demande plus de mémoire qu’il n’est permis"),
    "characters": N_("Le document contient des caractères que nos polices ne savent pas écrire : %(characters)s"),
    "resource": N_("Le document fait appel à une image ou à une feuille de style qui n’est pas à nous"),
    "fields": N_("Les champs de signature dessinés ne sont pas ceux qui étaient demandés"),
    "fonts": N_("Les polices de caractères des documents sont introuvables sur ce serveur"),
    "engine": N_("Le document n’a pas pu être mis en page"),
}
