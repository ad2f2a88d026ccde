"""The signature's pages: the envelope, and each signatory's ceremony."""

from charter.signing.pages import ceremony, certificates, copies, envelope, evidence, identifying, ordering, parties, times, visas
from charter.signing.pages.blueprint import pages

__all__ = ["ceremony", "certificates", "copies", "envelope", "evidence", "identifying", "ordering", "parties", "times", "visas"]
BLUEPRINTS = (pages, certificates.pages, copies.handed)
