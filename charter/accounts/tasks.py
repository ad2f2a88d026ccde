"""The mail that carries a sign-in link."""

from __future__ import annotations

from charter.accounts import services
from charter.accounts.models import SignInLink
from charter.adapters.mail import Mail, builder
from charter.i18n import gettext, speaking
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
