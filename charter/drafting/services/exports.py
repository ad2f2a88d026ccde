"""The charter as files: the draft as it stands, a version kept, the adopted one. Office formats and Markdown are made at once, the PDF
by the worker."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import rfc8785
from sqlalchemy import delete, select, update

from charter.accounts.models import Person
from charter.adapters import outbox
from charter.alliances.models import KIND_LABELS, Alliance, Party
from charter.drafting.files import pdf
from charter.drafting.files.charter import ExportedArticle, ExportedCharter, Words, file_name
from charter.drafting.files.docx_out import to_docx
from charter.drafting.files.markdown_out import to_md
from charter.drafting.files.odt_out import to_odt
from charter.drafting.models import Export, Text, Version
from charter.drafting.services.adoption import AdoptedCharter, adopted_version
from charter.drafting.services.texts import ArticleWords
from charter.drafting.services.versions import words_of_version
from charter.errors import NotFound
from charter.i18n import format_datetime, gettext, speaking
from charter.work import Work
from workflows.base import N_

EXPORT_JOB = "drafting.export"
KEPT = timedelta(days=7)
WRITERS: Mapping[str, Callable[[ExportedCharter], bytes]] = {"docx": to_docx, "odt": to_odt, "md": to_md}
"""The formats made at once."""


def exported(work: Work, text: Text, version: Version | None = None) -> ExportedCharter:
    """The charter ready to write in any format: a version kept, else the adopted words, else the draft as it stands now. In French, as
    every document is."""
    alliance = work.get(Alliance, text.alliance_id)
    with speaking("fr"):
        if text.frozen and version is None:
            return _adopted(alliance, text, adopted_version(work, text))
        return _draft(work, alliance, text, version)


def export(work: Work, text: Text, extension: str, version: Version | None = None) -> tuple[str, bytes]:
    """The file's name and bytes in one of WRITERS. Raises NotFound for another format."""
    if extension not in WRITERS:
        raise NotFound
    charter = exported(work, text, version)
    return _name(work, text, charter, extension), WRITERS[extension](charter)


def request_pdf(work: Work, text: Text, person: Person, version: Version | None = None) -> Export:
    """Asks for the PDF, or gives the one already asked for of the same words by the same person if it still waits."""
    alliance = work.get(Alliance, text.alliance_id)
    charter = exported(work, text, version)
    with speaking("fr"):
        data = pdf.document(charter, [_identity(party) for party in alliance.accepted_parties], alliance.need)
    same = _input(charter)
    waiting = select(Export).where(Export.text_id == text.id, Export.person_id == person.id, Export.input_sha256 == same)
    for one in work.session.scalars(waiting.order_by(Export.id.desc())):
        if one.waiting:
            return one
    name = _name(work, text, charter, "pdf")
    made = work.add(Export(text_id=text.id, person_id=person.id, name=name, data=data, input_sha256=same, requested_at=work.now()))
    outbox.put(work, EXPORT_JOB, subject=f"export:{made.id}", payload={"export_id": made.id}, alliance_id=alliance.id)
    return made


def export_of(work: Work, alliance: Alliance, ref: str) -> Export:
    """The PDF asked for with that reference. Raises NotFound, also once it was forgotten."""
    found = work.session.scalar(
        select(Export).join(Text, Text.id == Export.text_id).where(Text.alliance_id == alliance.id, Export.ref == ref)
    )
    if found is None:
        raise NotFound(N_("Ce PDF n’est plus gardé. Demandez-le à nouveau : il sera fait du texte d’aujourd’hui."))
    return found


def export_made(work: Work, export_id: int, content: bytes) -> None:
    """The PDF is there. Nothing happens the second time."""
    found = work.session.get(Export, export_id)
    if found is not None and found.waiting:
        found.pdf, found.size, found.made_at = content, len(content), work.now()
        work.session.flush()


def export_failed(work: Work, export_id: int, reason: str, message: str, params: Mapping[str, Any]) -> None:
    """It will not be made."""
    found = work.session.get(Export, export_id)
    if found is not None and found.waiting:
        found.failure = {"reason": reason, "message": message, "params": dict(params)}
        work.session.flush()


def tell_export_progress(work: Work, export_id: int, stage: str, page: int) -> None:
    """Notes how far the layout is."""
    work.session.execute(update(Export).where(Export.id == export_id).values(stage=stage, page=page))


def forget_exports(work: Work) -> None:
    """Drops those older than KEPT: they can be made again."""
    work.session.execute(delete(Export).where(Export.requested_at < work.now() - KEPT))


def _adopted(alliance: Alliance, text: Text, charter: AdoptedCharter) -> ExportedCharter:
    articles = tuple(
        ExportedArticle(one.number, one.title, one.nodes, one.sha256, tuple((said["party"], said["reason"]) for said in one.reservations))
        for one in charter.articles
    )
    state = gettext(
        N_("Version %(number)s, adoptée le %(moment)s"),
        number=charter.version,
        moment=format_datetime(charter.adopted_at, ZoneInfo(alliance.zone)),
    )
    return _charter(alliance, text, articles, state, charter.adopted_at, draft=False, sha256=charter.sha256)


def _draft(work: Work, alliance: Alliance, text: Text, version: Version | None) -> ExportedCharter:
    at = version.at if version else work.now()
    moment = format_datetime(at, ZoneInfo(alliance.zone))
    if version is None:
        state = gettext(N_("Projet, dans son état du %(moment)s"), moment=moment)
    elif version.name:
        state = gettext(N_("Projet, version gardée « %(name)s » du %(moment)s"), name=version.name, moment=moment)
    else:
        state = gettext(N_("Projet, version gardée n° %(number)s du %(moment)s"), number=version.number, moment=moment)
    articles = tuple(map(_article, words_of_version(work, text, version)))
    return _charter(alliance, text, articles, state, at, draft=True)


def _article(words: ArticleWords) -> ExportedArticle:
    return ExportedArticle(words.number, words.title, words.nodes, words.sha256)


def _charter(
    alliance: Alliance, text: Text, articles: tuple[ExportedArticle, ...], state: str, at: datetime, *, draft: bool, sha256: str = ""
) -> ExportedCharter:
    facilitator = next((one.person.display_name for one in alliance.facilitators if one.ended_at is None), "")
    return ExportedCharter(
        title=text.title,
        alliance=alliance.title,
        reference=text.ref,
        version=text.version,
        draft=draft,
        state=state,
        at=at,
        parties=tuple((party.name, _identity(party)["identity"]) for party in alliance.accepted_parties),
        articles=articles,
        words=_words(),
        facilitator=facilitator,
        sha256=sha256,
    )


def _words() -> Words:
    return Words(
        article=gettext(N_("Article")),
        draft=gettext(N_("PROJET : n’engage personne")),
        parties=gettext(N_("Les parties")),
        facilitator=gettext(N_("Tiers de confiance :")),
        reservation=gettext(N_("Réserve de")),
        hashes=gettext(N_("Empreintes SHA-256 des articles")),
        hash_of=gettext(N_("Article")),
        whole=gettext(N_("Charte entière :")),
    )


def _identity(party: Party) -> dict[str, str]:
    organisation = party.organisation
    kind = gettext(KIND_LABELS[organisation.kind])
    number = ""
    if organisation.siren:
        number = gettext(N_("numéro SIREN %(number)s"), number=" ".join(organisation.siren[at : at + 3] for at in (0, 3, 6)))
    elif organisation.rna:
        number = gettext(N_("numéro RNA %(number)s"), number=organisation.rna)
    return {
        "name": party.name,
        "kind": kind.lower(),
        "identity": ", ".join(part for part in (organisation.legal_form or kind.lower(), number) if part),
        "initials": party.initials,
    }


def _name(work: Work, text: Text, charter: ExportedCharter, extension: str) -> str:
    zone = ZoneInfo(work.get(Alliance, text.alliance_id).zone)
    return file_name(charter, charter.at.astimezone(zone).date().isoformat(), extension)


def _input(charter: ExportedCharter) -> str:
    """What tells two exports apart, the minute aside."""
    facts = [charter.reference, charter.version, charter.draft, charter.alliance, [article.sha256 for article in charter.articles]]
    parties = [list(party) for party in charter.parties]
    # The moment counts for a version kept; a draft asked for twice in a row is one draft.
    whole: Any = [*facts, parties, "" if charter.draft else charter.state]
    return hashlib.sha256(rfc8785.dumps(whole)).hexdigest()
