"""What the signature's mails share: whom they address, their links, how they say a day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from charter.accounts.models import Person
from charter.accounts.services import address_hint
from charter.adapters.mail import Attachment, Mail
from charter.alliances.models import Alliance
from charter.errors import NotFound
from charter.i18n import format_until, gettext, speaking
from charter.signing.models import Envelope, Signatory
from charter.signing.services.documents import describe
from charter.work import Work
from workflows.base import N_

Told = Mapping[str, Any]
MOST_BYTES = 8 * 1024 * 1024
"""Signed files heavier than this together are not attached: many mail servers refuse them."""


def letter(
    work: Work,
    person: Person,
    alliance: Alliance,
    name: str,
    subject: str,
    values: Mapping[str, Any],
    *,
    to: str = "",
    attachments: tuple[Attachment, ...] = (),
) -> Mail:
    """The mail `signing/<name>` to a person of the alliance; `subject` is a msgid that may name the alliance's `title` and `values`."""
    with speaking(person.language):
        said = gettext(subject, title=alliance.title, **{key: value for key, value in values.items() if isinstance(value, str)})
        reason = gettext(N_("Vous recevez ce message parce que vous prenez part à l’alliance « %(title)s »."), title=alliance.title)
    return Mail(
        to=to or person.email,
        to_name=person.name,
        subject=said,
        template=f"signing/{name}",
        values={"alliance": alliance.title, "name": person.name, "reason": reason, **values},
        language=person.language,
        attachments=attachments,
    )


def page_url(work: Work, alliance: Alliance, path: str = "") -> str:
    """The address of one of the alliance's pages."""
    return f"{work.settings.public_url}/alliances/{alliance.ref}{path}"


def ceremony_url(work: Work, own: Signatory) -> str:
    """Where the signatory signs. It opens nothing by itself: the sign-in page only knows from it where to send the link it asks for."""
    return page_url(work, own.envelope.alliance, f"/signature/ceremonie?pour={address_hint(work, own.person)}")


def envelope_told(work: Work, alliance: Alliance, event: Told) -> Envelope:
    """The envelope the event tells of, which may no longer be the newest. Raises NotFound."""
    found = work.session.query(Envelope).filter_by(ref=event["envelope"], alliance_id=alliance.id).one_or_none()
    if found is None:
        raise NotFound
    return found


def until(envelope: Envelope, language: str) -> str:
    """« jeudi 2 avril 2026 inclus (heure de Paris) »: the last day to sign; empty without a deadline."""
    with speaking(language):
        return format_until(envelope.deadline, ZoneInfo(envelope.alliance.zone)) if envelope.deadline else ""


def signed_files(work: Work, envelope: Envelope) -> tuple[Attachment, ...]:
    """The signed documents to attach; none when they are too heavy together."""
    files = [(describe(one).name, work.storage.get(one.current_sha256)) for one in envelope.documents]
    if sum(len(data) for _, data in files) > MOST_BYTES:
        return ()
    return tuple(Attachment(name, "application/pdf", data) for name, data in files)
