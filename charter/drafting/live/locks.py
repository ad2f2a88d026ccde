"""The lock of an article put to consent: its words do not move while a round is open and nobody objects to it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from charter.alliances.announce import leading_party
from charter.alliances.models import Alliance
from charter.drafting.models import Article, Round, Text
from charter.errors import Refused
from workflows.base import N_, Missing

OBJECT = N_("Dire une objection à l’article %(article)s : elle le rouvre, lui seul")
CLOSE = N_("Clore le tour %(round)s : tous ses articles sont rouverts")


class RoundOpen(Refused):
    """A round is open, and this would change what was put to consent. `missing` says how to go on, and who may."""

    title = N_("Un tour d’accord est ouvert")


class Locked(RoundOpen):
    """The article is locked for the round."""

    title = N_("Cet article est figé pour un tour d’accord")


def running(session: Session, text_id: int) -> Round | None:
    """The round that is open on a text, None when there is none."""
    return session.scalar(select(Round).where(Round.text_id == text_id, Round.closed_at.is_(None)))


def check_unlocked(article: Article) -> None:
    """Raises Locked when the article is locked. The caller holds the text's lock and has read the article under it."""
    session = object_session(article)
    if not article.locked or session is None:
        return
    number = article.text.present_articles.index(article) + 1
    found = running(session, article.text_id)
    asked = found.number if found else 0
    parties, pilots = _who(session, article.text)
    ways = [Missing(OBJECT, parties, {"article": number}), Missing(CLOSE, pilots, {"round": asked})]
    raise Locked(N_("L’article %(article)s est figé pour le tour %(round)s : ses mots ne changent pas."), ways, article=number, round=asked)


def check_list_free(session: Session, text: Text) -> None:
    """Raises RoundOpen while a round is open: the list of articles and its order are part of what was put to consent."""
    found = running(session, text.id)
    if found is not None:
        _parties, pilots = _who(session, text)
        way = Missing(CLOSE, pilots, {"round": found.number})
        raise RoundOpen(N_("Le tour %(round)s est ouvert : la liste des articles ne change pas avant sa fin."), [way], round=found.number)


def _who(session: Session, text: Text) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of those who may object, and of those who may close a round."""
    alliance = session.get_one(Alliance, text.alliance_id)
    leader = leading_party(alliance)
    helpers = [one.person.display_name for one in alliance.facilitators if one.ended_at is None]
    return tuple(party.name for party in alliance.accepted_parties), (*([leader.name] if leader else []), *helpers)
