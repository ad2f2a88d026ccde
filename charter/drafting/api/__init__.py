"""The charter over HTTP: the same services as the pages, in JSON."""

from charter.drafting.api import calendar, consents, shaping, talk, terms, texts
from charter.drafting.api.blueprint import api

__all__ = [
    "api",
    "calendar",
    "consents",
    "shaping",
    "talk",
    "terms",
    "texts",
]
