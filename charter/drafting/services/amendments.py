"""Amendments: proposing one, finding them, taking one back, talking about one. What parties say of them is in `positions`, what an
accepted one does to the text in `merging`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from charter.accounts.models import Person
from charter.alliances.announce import announce
from charter.alliances.models import Alliance, Party
from charter.drafting.live import content, notices
from charter.drafting.live.canonical import Node, content_from_nodes, content_hash, normalise
from charter.drafting.live.schema import OutOfSchema
from charter.drafting.models import Amendment, Article, Position, Remark, Text
from charter.drafting.services.articles import clean_title
from charter.drafting.services.calendar import check_amendments_open
from charter.drafting.services.texts import hold_draft, tell
from charter.errors import Forbidden, Invalid, NotFound
from charter.i18n import gettext
from charter.work import Work
from workflows.amendments import AmendmentChart, AmendmentKind, AmendmentStatus
from workflows.base import N_, fire
from workflows.events import AmendmentDiscussed, AmendmentLapsed, AmendmentProposed, AmendmentWithdrawn
from workflows.lifecycle import AllianceStatus
from workflows.proposals import PartyStatus

REASON = 2000
BODY = 4000
UNREADABLE = N_("Ce contenu n’est pas de la forme attendue : des paragraphes, des sous-titres et des listes")
SAME = N_("C’est le texte d’aujourd’hui : changez-en au moins un mot")
NONE = N_("Écrivez le texte du nouvel article")


def propose_amendment(
    work: Work,
    where: Article | Text,
    person: Person,
    party: Party,
    kind: AmendmentKind,
    *,
    title: str = "",
    nodes: Sequence[Node] = (),
    after: Article | None = None,
    reason: str,
    replaces: Amendment | None = None,
) -> Amendment:
    """An amendment of `party` to the article `where` (wording, removal), or to the text `where` after the article `after` (insertion;
    None: at the end). `replaces` is a former one of the same party, which it takes back.

    Raises Invalid (title, nodes, reason), Refused after the deadline, Conflict when the text is not written any more, NotNow when
    `replaces` is decided already, Forbidden.
    """
    text = where.text if isinstance(where, Article) else where
    alliance = hold_draft(work, text)
    made = draft_amendment(work, where, person, party, kind, title=title, nodes=nodes, after=after, reason=reason)
    work.add(made)
    if replaces is not None:
        work.session.refresh(replaces)
        _take_back(work, alliance, replaces, party, made)
    _announce_proposed(work, alliance, made, after if kind == AmendmentKind.insertion else made.article)
    return made


def draft_amendment(
    work: Work,
    where: Article | Text,
    person: Person,
    party: Party,
    kind: AmendmentKind,
    *,
    title: str = "",
    nodes: Sequence[Node] = (),
    after: Article | None = None,
    reason: str,
) -> Amendment:
    """The same, not stored: what would be proposed. Raises like `propose_amendment`."""
    text = where.text if isinstance(where, Article) else where
    _belongs(party)
    check_amendments_open(work, text)
    about = after if kind == AmendmentKind.insertion else _article(where)
    made = Amendment(text_id=text.id, kind=kind, party_id=party.id, person_id=person.id, at=work.now())
    made.article_id = about.id if about else None
    wrong = {**_fault(lambda: setattr(made, "reason", _clean(reason, "reason"))), **_fault(lambda: _fill(work, made, about, title, nodes))}
    if wrong:
        raise Invalid(wrong)
    return made


def withdraw_amendment(work: Work, amendment: Amendment, party: Party) -> None:
    """The party takes its amendment back. Raises Forbidden for another party, NotNow when it is decided already."""
    alliance = hold_draft(work, amendment.text)
    work.session.refresh(amendment)
    _take_back(work, alliance, amendment, party, None)


def discuss_amendment(work: Work, amendment: Amendment, person: Person, party: Party | None, body: str) -> Remark:
    """A remark of `person`, for `party` (None: the facilitator). Raises Invalid (body), Conflict when the text is not written any more."""
    alliance = hold_draft(work, amendment.text)
    party_id = party.id if party else None
    made = work.add(
        Remark(amendment_id=amendment.id, person_id=person.id, party_id=party_id, body=_clean(body, "body", BODY), at=work.now())
    )
    work.session.expire(amendment, ["remarks"])
    announce(work, alliance, AmendmentDiscussed(text=amendment.text.ref, amendment=amendment.ref, comment=made.ref))
    told(work, amendment)
    return made


def amendment_of(work: Work, text: Text, ref: str) -> Amendment:
    """The text's amendment with that reference. Raises NotFound."""
    found = work.session.scalar(_with_all().where(Amendment.text_id == text.id, Amendment.ref == ref))
    if found is None:
        raise NotFound(N_("Cet amendement n’existe pas."))
    return found


def amendments(work: Work, text: Text, article: Article | None = None) -> list[Amendment]:
    """Those of the text, or of one article of it, open ones first, the newest first in each."""
    query = _with_all().where(Amendment.text_id == text.id)
    if article is not None:
        query = query.where(Amendment.article_id == article.id)
    found = work.session.scalars(query.order_by(Amendment.id.desc()))
    return sorted(found, key=lambda one: one.status != AmendmentStatus.open)


def open_amendments(work: Work, text: Text) -> dict[int | None, int]:
    """How many open ones there are about each article, by article id (None: at the end of the text)."""
    query = select(Amendment.article_id, func.count()).where(Amendment.text_id == text.id, Amendment.status == AmendmentStatus.open)
    return {row[0]: row[1] for row in work.session.execute(query.group_by(Amendment.article_id))}


def lapse_amendments(work: Work, alliance: Alliance) -> None:
    """Those that have no object any more lapse: their article was removed, the text is adopted, or drafting stopped.

    The caller holds the alliance's lock."""
    query = (
        select(Amendment).join(Text, Text.id == Amendment.text_id).options(selectinload(Amendment.article), selectinload(Amendment.text))
    )
    for one in work.session.scalars(query.where(Text.alliance_id == alliance.id, Amendment.status == AmendmentStatus.open)):
        why = _no_object(alliance, one)
        if why:
            end(work, one, "lapse", why)
            announce(
                work,
                alliance,
                AmendmentLapsed(text=one.text.ref, amendment=one.ref, party=one.party.ref, title=one.title, reason=why),
            )


def end(work: Work, amendment: Amendment, event: str, ending: str, facts: object = None) -> None:
    """Fires the event and writes how it ended and by whom."""
    fire(AmendmentChart, amendment, event, facts)
    amendment.ending, amendment.decided_at, amendment.decided_by_id = ending, work.now(), work.actor.person_id
    work.session.flush()
    work.session.expire(amendment, ["decided_by"])


def told(work: Work, amendment: Amendment) -> None:
    """Tells the live room that the panel of the article it is about wants refreshing."""
    if amendment.article is not None:
        tell(work, notices.changed(amendment.text.ref, amendment.article.ref))


def _fault(fill: Callable[[], None]) -> Mapping[str, list[str]]:
    """What is wrong with one part of it: all is told at once."""
    try:
        fill()
    except Invalid as error:
        return error.fields
    return {}


def _fill(work: Work, made: Amendment, about: Article | None, title: str, nodes: Sequence[Node]) -> None:
    """What is proposed, and the words it starts from."""
    if about is not None:
        base = content.read(work.session, about)
        made.base_title, made.base_seq, made.base_epoch, made.base_sha256 = about.title, base.seq, about.epoch, base.hash
    if made.kind == AmendmentKind.removal:
        made.title = made.base_title
        return
    made.title, made.nodes = clean_title(title), _normal(nodes)
    if made.kind == AmendmentKind.insertion and not _has_words(made.nodes):
        raise Invalid({"nodes": [gettext(NONE)]})
    if made.kind == AmendmentKind.wording and about is not None:
        if content_hash(made.title, made.nodes) == made.base_sha256:
            raise Invalid({"nodes": [gettext(SAME)]})
        made.update = content.fork(work.session, about, made.nodes)


def _normal(nodes: Sequence[Node]) -> list[Node]:
    try:
        content_from_nodes(nodes)
        return normalise(nodes)
    except (OutOfSchema, KeyError, TypeError, ValueError, AttributeError) as error:
        raise Invalid({"nodes": [gettext(UNREADABLE)]}) from error


def _has_words(nodes: Sequence[Node]) -> bool:
    return any(str(one.get("text", "")).strip() or _has_words(one.get("content", ())) for one in nodes)


def _announce_proposed(work: Work, alliance: Alliance, made: Amendment, about: Article | None) -> None:
    announce(
        work,
        alliance,
        AmendmentProposed(
            text=made.text.ref,
            amendment=made.ref,
            party=made.party.ref,
            kind=made.kind.value,
            article=about.ref if about else "",
            title=made.title,
            sha256="" if made.kind == AmendmentKind.removal else content_hash(made.title, made.nodes),
            reason=made.reason,
        ),
    )
    told(work, made)


def _take_back(work: Work, alliance: Alliance, amendment: Amendment, party: Party, instead: Amendment | None) -> None:
    if amendment.party_id != party.id:
        raise Forbidden(N_("Seule la partie qui a proposé cet amendement peut le retirer."))
    end(work, amendment, "withdraw", instead.ref if instead else "")
    event = AmendmentWithdrawn(
        text=amendment.text.ref,
        amendment=amendment.ref,
        party=party.ref,
        title=amendment.title,
        replaced_by=instead.ref if instead else "",
    )
    announce(work, alliance, event)
    told(work, amendment)


def _article(where: Article | Text) -> Article:
    """The article a wording or a removal is about."""
    if not isinstance(where, Article):
        raise Invalid({"kind": [gettext(N_("Choisissez l’article à modifier"))]})
    if where.removed_at is not None:
        raise NotFound(N_("Cet article a été retiré de la charte."))
    return where


def _belongs(party: Party) -> None:
    if party.status != PartyStatus.accepted:
        raise Forbidden(N_("Cette organisation ne fait pas partie de l’alliance : elle n’a pas de voix."))


def _clean(said: str, field: str, most: int = REASON) -> str:
    clean = said.strip()
    if len(clean) < 3:
        asked = N_("Dites pourquoi vous proposez ce changement") if field == "reason" else N_("Écrivez votre commentaire")
        raise Invalid({field: [gettext(asked)]})
    if len(clean) > most:
        raise Invalid({field: [gettext(N_("Écrivez %(most)s caractères au plus"), most=most)]})
    return clean


def _no_object(alliance: Alliance, one: Amendment) -> str:
    if one.text.frozen:
        return "adopted"
    if alliance.status != AllianceStatus.drafting:
        return "stopped"
    gone = one.article is not None and one.article.removed_at is not None
    return "removed" if gone and one.kind != AmendmentKind.insertion else ""


def _with_all() -> Select[Amendment]:
    party = selectinload(Amendment.party).selectinload(Party.organisation)
    said = selectinload(Amendment.positions).options(
        selectinload(Position.party).selectinload(Party.organisation), selectinload(Position.person)
    )
    remarks = selectinload(Amendment.remarks).options(
        selectinload(Remark.person), selectinload(Remark.party).selectinload(Party.organisation)
    )
    people = (selectinload(Amendment.person), selectinload(Amendment.decided_by))
    return select(Amendment).options(party, said, remarks, *people, selectinload(Amendment.article), selectinload(Amendment.result))
