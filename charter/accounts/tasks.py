"""The mails of one's account: a sign-in link, a passkey added or removed."""

from __future__ import annotations

from datetime import datetime

from charter.accounts import services
from charter.accounts.models import Person, SignInLink
from charter.adapters.mail import Mail, builder
from charter.i18n import format_datetime, gettext, speaking
from charter.work import Work
from workflows.base import N_


@builder("accounts.sign_in")
def sign_in(work: Work, link_id: int) -> Mail | None:
    """The link, unless it was used or has expired meanwhile."""
    link = work.session.get(SignInLink, link_id)
    if link is None or link.used_at or link.expires_at <= work.now():
        return None
    with speaking(link.person.language):
        subject = gettext(N_("Votre lien de connexion"))
    return Mail(
        to=link.person.email,
        to_name=link.person.name,
        subject=subject,
        template="accounts/sign_in",
        values={"url": services.link_url(work, link), "name": link.person.name, "minutes": int(services.LINK_LIFE.total_seconds() // 60)},
        language=link.person.language,
    )


@builder("accounts.passkey_added")
def passkey_added(work: Work, person_id: int, label: str, at: str) -> Mail | None:
    """A passkey now opens one's account: told to its owner, who alone can have added it."""
    return _about_key(work, person_id, label, at, "passkey_added", N_("Une clé d’accès est ajoutée à votre compte"))


@builder("accounts.passkey_removed")
def passkey_removed(work: Work, person_id: int, label: str, at: str) -> Mail | None:
    """A passkey no longer opens one's account."""
    return _about_key(work, person_id, label, at, "passkey_removed", N_("Une clé d’accès est retirée de votre compte"))


def _about_key(work: Work, person_id: int, label: str, at: str, name: str, subject: str) -> Mail:
    person = work.get(Person, person_id)
    with speaking(person.language):
        said, moment = gettext(subject), format_datetime(datetime.fromisoformat(at))
    values = {"label": label, "moment": moment, "name": person.name, "url": f"{work.settings.public_url}/compte#cles"}
    return Mail(to=person.email, to_name=person.name, subject=said, template=f"accounts/{name}", values=values, language=person.language)
