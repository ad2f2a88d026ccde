"""The charter over HTTP: the same services as the pages, in JSON."""

from charter.drafting.api import calendar, consents, deciding, files, shaping, talk, terms, texts, versions
from charter.drafting.api.blueprint import api

__all__ = [
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
