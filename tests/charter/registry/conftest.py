"""The signature's fixtures serve here too: what is checked was signed there."""

from tests.charter.signing.conftest import authority, envelope, keys, quiet_later_stages

__all__ = ["authority", "envelope", "keys", "quiet_later_stages"]
