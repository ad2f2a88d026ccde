"""The signature's pages: the envelope, and each signatory's ceremony."""

from charter.signing.pages import ceremony, envelope
from charter.signing.pages.blueprint import pages

__all__ = ["ceremony", "envelope"]
BLUEPRINTS = (pages,)
