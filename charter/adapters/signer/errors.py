"""What sealing can refuse, as branches of the product's error tree."""

from __future__ import annotations

from enum import StrEnum

from charter.errors import CharterError, Conflict, NotFound, Unavailable
from workflows.base import N_, Missing


class Away(StrEnum):
    """What a seal stands on besides this process, when it is away."""

    KEYS = "keys"
    TIMESTAMPS = "timestamps"
    REVOCATION = "revocation"


class SignerUnavailable(Unavailable):
    """The keys, the timestamping authority or a revocation server is away: `away` tells which, `detail` more for the log. Nothing
    was signed."""

    title = N_("La signature est momentanément impossible. Rien n’a été signé : réessayez dans un instant.")

    def __init__(self, detail: str = "", *, away: Away = Away.KEYS) -> None:
        super().__init__()
        self.detail = detail
        self.away = away

    def __str__(self) -> str:
        return f"{self.message} [{self.detail}]" if self.detail else self.message


class KeyTrouble(SignerUnavailable):
    """A key cannot be used as it is kept: `mend` (a msgid) and `params` tell whoever runs the service the setting and what to do."""

    def __init__(self, mend: str, **params: object) -> None:
        super().__init__(mend % params)
        self.mend = mend
        self.mend_params = params


class AlreadySigned(Conflict):
    """The signature field `field` already holds a signature: it is never replaced."""

    title = N_("Cet emplacement est déjà signé")

    def __init__(self, field: str) -> None:
        super().__init__(happened=Missing(N_("L’emplacement de signature « %(field)s » porte déjà une signature"), params={"field": field}))
        self.field = field


class FieldMissing(NotFound):
    """The document has no signature field named `field`: fields are all made before the first signature."""

    title = N_("Cet emplacement de signature n’existe pas dans le document")

    def __init__(self, field: str) -> None:
        super().__init__(field=field)
        self.field = field


class NotSealable(CharterError):
    """The bytes given are not a PDF that can be signed (unreadable, encrypted, already certified). `detail` is for the log."""

    status = 422
    title = N_("Ce document ne peut pas être signé")

    def __init__(self, detail: str = "") -> None:
        super().__init__()
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.message} [{self.detail}]" if self.detail else self.message
