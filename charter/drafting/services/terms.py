"""The alliance's own glossary: what it means by the words of its texts. A definition helps to read; what commits is in the articles."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from sqlalchemy import or_, select

from charter.accounts.models import Person
from charter.alliances.announce import announce
from charter.alliances.models import Alliance
from charter.alliances.services import hold
from charter.drafting.models import DefinedTerm
from charter.drafting.services.texts import OVER
from charter.errors import Conflict, Invalid, NotFound, Refused
from charter.i18n import gettext
from charter.work import Work
from workflows.base import N_, Missing
from workflows.events import TermDefined, TermRemoved
from workflows.lifecycle import AllianceStatus

TERM = 80
DEFINITION = 600
MOST = 100


def terms(work: Work, alliance: Alliance, at: datetime | None = None) -> list[DefinedTerm]:
    """The definitions that stand now, or stood at `at`, in alphabetical order."""
    query = select(DefinedTerm).where(DefinedTerm.alliance_id == alliance.id)
    if at is None:
        query = query.where(DefinedTerm.ended_at.is_(None))
    else:
        query = query.where(DefinedTerm.at <= at, or_(DefinedTerm.ended_at.is_(None), DefinedTerm.ended_at > at))
    return sorted(work.session.scalars(query), key=lambda one: _unaccented(one.folded))


def term_of(work: Work, alliance: Alliance, ref: str) -> DefinedTerm:
    """The standing definition with that reference. Raises NotFound."""
    query = select(DefinedTerm).where(DefinedTerm.alliance_id == alliance.id, DefinedTerm.ref == ref, DefinedTerm.ended_at.is_(None))
    found = work.session.scalar(query)
    if found is None:
        raise NotFound(N_("Ce mot n’est pas défini par l’alliance, ou ne l’est plus."))
    return found


def define_term(work: Work, alliance: Alliance, person: Person, term: str, definition: str) -> DefinedTerm:
    """Defines a word. Raises Invalid (lengths, a word defined already), Refused (too many), Conflict when co-drafting is not open."""
    _hold(work, alliance)
    word, meaning = _clean(term, definition)
    _check_new(work, alliance, word)
    if len(terms(work, alliance)) >= MOST:
        way = Missing(N_("Retirez d’abord une définition"), who=(alliance.title,))
        raise Refused(N_("Cette alliance a défini %(most)s mots, le nombre le plus grand."), [way], most=MOST)
    return _write(work, alliance, person, DefinedTerm(term=word, definition=meaning))


def redefine_term(work: Work, alliance: Alliance, person: Person, ref: str, term: str, definition: str) -> DefinedTerm:
    """Says it otherwise; the former definition stays in the record. Raises NotFound, Invalid, Conflict."""
    _hold(work, alliance)
    former = term_of(work, alliance, ref)
    word, meaning = _clean(term, definition)
    if (word, meaning) == (former.term, former.definition):
        return former
    if _folded(word) != former.folded:
        _check_new(work, alliance, word)
    former.ended_at = work.now()
    work.session.flush()
    return _write(work, alliance, person, DefinedTerm(ref=former.ref, term=word, definition=meaning))


def remove_term(work: Work, alliance: Alliance, ref: str) -> None:
    """The alliance does not define the word any more. Raises NotFound, Conflict."""
    _hold(work, alliance)
    found = term_of(work, alliance, ref)
    found.ended_at = work.now()
    work.session.flush()
    announce(work, alliance, TermRemoved(term=found.term))


def _hold(work: Work, alliance: Alliance) -> None:
    hold(work, alliance)
    if alliance.status != AllianceStatus.drafting:
        raise Conflict(OVER)


def _write(work: Work, alliance: Alliance, person: Person, made: DefinedTerm) -> DefinedTerm:
    made.alliance_id, made.person_id, made.at, made.folded = alliance.id, person.id, work.now(), _folded(made.term)
    work.add(made)
    announce(work, alliance, TermDefined(term=made.term, definition=made.definition))
    return made


def _clean(term: str, definition: str) -> tuple[str, str]:
    word, meaning = " ".join(term.split()), " ".join(definition.split())
    wrong: dict[str, list[str]] = {}
    if not 2 <= len(word) <= TERM or not any(letter.isalpha() for letter in word):
        wrong["term"] = [gettext(N_("Donnez un mot ou une expression de 2 à %(most)s caractères"), most=TERM)]
    if not 5 <= len(meaning) <= DEFINITION:
        wrong["definition"] = [gettext(N_("Donnez une définition de 5 à %(most)s caractères"), most=DEFINITION)]
    if wrong:
        raise Invalid(wrong)
    return word, meaning


def _check_new(work: Work, alliance: Alliance, word: str) -> None:
    if any(one.folded == _folded(word) for one in terms(work, alliance)):
        raise Invalid({"term": [gettext(N_("L’alliance a déjà défini ce mot : changez sa définition"))]})


def _folded(word: str) -> str:
    return unicodedata.normalize("NFC", word).casefold().replace("’", "'")


def _unaccented(word: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter))
