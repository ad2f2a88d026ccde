"""The charter over HTTP: the same services as the pages, in JSON."""

from charter.drafting.api import consents, talk, texts
from charter.drafting.api.blueprint import api

__all__ = ["api", "consents", "talk", "texts"]
