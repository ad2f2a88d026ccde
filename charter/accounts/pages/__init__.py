"""Signing in and out, one's account, one's passkeys."""

from charter.accounts.pages import account, passkeys
from charter.accounts.pages.blueprint import pages

__all__ = ["account", "passkeys"]
BLUEPRINTS = (pages,)
