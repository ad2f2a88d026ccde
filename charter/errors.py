"""The error tree.

    CharterError                what a person did cannot be done; always worth a clear answer
    ├── NotFound        404     nothing there (or nothing this person may know of)
    ├── Forbidden       403     known, but not theirs to do
    ├── Gone            410     a link or code that expired or was used
    ├── Invalid         422     what was typed cannot be read; `fields` names each field and its mend
    │   └── TooBig      413     more than the product accepts; says the limit
    ├── Refused         409     not now: `missing` says what is missing and from whom
    │   └── Conflict    409     somebody was quicker; `happened` says who did what
    ├── TooMany         429     slow down; `retry_after` seconds
    └── Unavailable     503     an engine is away; nothing was lost, try again

Messages are msgids (French); `charter.i18n` says them in the reader's language with `params`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workflows.base import N_, Missing


class CharterError(Exception):
    """Base of every error a person can be told about. `status` is the HTTP status; `title` a msgid."""

    status = 400
    title = N_("La demande n’a pas pu être traitée")

    def __init__(self, message: str = "", **params: object) -> None:
        super().__init__(message or self.title)
        self.message = message or self.title
        self.params = params


class NotFound(CharterError):
    """Nothing there, or nothing this person may know of."""

    status = 404
    title = N_("Cette page n’existe pas, ou vous n’y avez pas accès")


class Forbidden(CharterError):
    """Known, but not theirs to do."""

    status = 403
    title = N_("Cette action ne vous est pas ouverte")


class Gone(CharterError):
    """A link or a code that has expired or was already used."""

    status = 410
    title = N_("Ce lien n’est plus valable")


class Invalid(CharterError):
    """What was typed cannot be read. `fields` maps a field's name to the messages (msgids already said) that name the mend."""

    status = 422
    title = N_("Certaines réponses sont à revoir")

    def __init__(self, fields: Mapping[str, Sequence[str]] | None = None, message: str = "", **params: object) -> None:
        super().__init__(message, **params)
        self.fields = {name: list(messages) for name, messages in (fields or {}).items()}


class TooBig(Invalid):
    """More than the product accepts; the message says the limit."""

    status = 413
    title = N_("Ce document est trop volumineux")


class Refused(CharterError):
    """A transition that may not happen now. `missing` says what is missing and from whom (promise 8)."""

    status = 409
    title = N_("Ce n’est pas encore possible")

    def __init__(self, message: str = "", missing: Sequence[Missing] = (), **params: object) -> None:
        super().__init__(message, **params)
        self.missing = tuple(missing)


class Conflict(Refused):
    """Somebody was quicker. `happened` is one sentence (msgid and params in a Missing) telling what happened meanwhile."""

    title = N_("Quelqu’un vous a devancé")

    def __init__(self, message: str = "", happened: Missing | None = None, **params: object) -> None:
        super().__init__(message, (happened,) if happened else (), **params)
        self.happened = happened


class TooMany(CharterError):
    """Too many tries; `retry_after` in seconds."""

    status = 429
    title = N_("Trop d’essais : patientez un moment")

    def __init__(self, message: str = "", retry_after: int = 60, **params: object) -> None:
        super().__init__(message, **params)
        self.retry_after = retry_after


class Unavailable(CharterError):
    """An engine the product needs is away. Nothing was lost."""

    status = 503
    title = N_("Le service est momentanément indisponible. Rien n’est perdu : réessayez dans un instant.")
