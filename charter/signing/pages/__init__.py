"""The signature's pages: the envelope, and each signatory's ceremony."""

from charter.signing.pages import ceremony, copies, envelope, identifying, times
from charter.signing.pages.blueprint import pages

__all__ = ["ceremony", "copies", "envelope", "identifying", "times"]
BLUEPRINTS = (pages, copies.handed)
