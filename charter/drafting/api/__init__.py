"""The charter over HTTP: the same services as the pages, in JSON."""

from charter.drafting.api import (
    amendments,
    calendar,
    consents,
    deciding,
    files,
    shaping,
    talk,
    terms,
    texts,
    versions,
)
from charter.drafting.api.blueprint import api

__all__ = [
    "amendments",
    "api",
    "calendar",
    "consents",
    "deciding",
    "files",
    "shaping",
    "talk",
    "terms",
    "texts",
    "versions",
]
