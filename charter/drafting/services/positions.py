"""What parties say of an amendment, and how it ends: one party, one voice; accepted or refused by all it ends by itself, else somebody
settles it."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import select

from charter.alliances.announce import announce
from charter.alliances.models import Alliance, Party
from charter.drafting.live import content
from charter.drafting.live.locks import running
from charter.drafting.models import Amendment, Position, Text
from charter.drafting.proposed import facts_of
from charter.drafting.services.amendments import REASON, end, told
from charter.drafting.services.merging import apply
from charter.drafting.services.texts import hold_draft
from charter.drafting.services.voice import check_actor_speaks, check_has_a_voice
from charter.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from charter.i18n import gettext
from charter.work import Work
from workflows.amendments import AmendmentChart, AmendmentFacts, AmendmentKind, AmendmentStatus, Opinion, refused_by_all
from workflows.base import N_, Missing, blocking
from workflows.events import AmendmentAccepted, AmendmentAnswered, AmendmentRefused
from workflows.lifecycle import AllianceStatus

DECIDED = N_("Cet amendement est déjà tranché : rechargez la page pour voir comment.")


def answer_amendment(work: Work, amendment: Amendment, party: Party, kind: Opinion, reason: str = "") -> Position:
    """What the party says of the amendment; it replaces its former word. May accept or refuse it by itself.

    Raises Invalid (reason: needed against), Forbidden for the proposing party and whoever does not speak for theirs, Conflict when the
    amendment is decided or the text not written any more."""
    alliance = _hold(work, amendment)
    check_has_a_voice(party)
    check_actor_speaks(work, party)
    if party.id == amendment.party_id:
        raise Forbidden(N_("Votre organisation a proposé cet amendement : ce sont les autres qui se prononcent."))
    said = _say(work, amendment, party, kind, _reason(reason) if kind == Opinion.against else "")
    event = AmendmentAnswered(text=amendment.text.ref, amendment=amendment.ref, party=party.ref, kind=kind.value, reason=said.reason)
    announce(work, alliance, event)
    _by_itself(work, alliance, amendment)
    told(work, amendment)
    return said


def settle_amendment(work: Work, amendment: Amendment) -> None:
    """Accepts it by hand. Raises Blocked listing what is missing, Conflict when it is decided, TextMovedOn when it does not merge."""
    alliance = _hold(work, amendment)
    _accept(work, alliance, amendment, "settle")
    told(work, amendment)


def refuse_amendment(work: Work, amendment: Amendment, reason: str) -> None:
    """Refuses it by hand. Raises Invalid (reason), Blocked when nobody is against, Conflict when it is decided."""
    alliance = _hold(work, amendment)
    _refuse(work, alliance, amendment, _reason(reason, N_("Dites pourquoi l’amendement est refusé")))
    told(work, amendment)


def settle_agreed(work: Work, alliance: Alliance) -> None:
    """Accepts the amendments every other party is for, which a round held up until now. The caller holds the alliance's lock."""
    held_up = select(Amendment).join(Text, Text.id == Amendment.text_id)
    for one in work.session.scalars(held_up.where(Text.alliance_id == alliance.id, Amendment.status == AmendmentStatus.open)):
        if not one.text.frozen and alliance.status == AllianceStatus.drafting and not amendment_missing(work, one, "accept"):
            _by_itself(work, alliance, one)
            told(work, one)


def amendment_facts(work: Work, amendment: Amendment) -> AmendmentFacts:
    """What the guards of an amendment look at now."""
    alliance = work.get(Alliance, amendment.text.alliance_id)
    return facts_of(alliance, amendment, locked=_locked(work, amendment))


def amendment_missing(work: Work, amendment: Amendment, event: str) -> tuple[Missing, ...]:
    """What is missing before `event` (accept, settle, refuse), from whom; empty when nothing is, or when it is decided already."""
    if amendment.status != AmendmentStatus.open:
        return ()
    return blocking(AmendmentChart, amendment, event, amendment_facts(work, amendment))


def _hold(work: Work, amendment: Amendment) -> Alliance:
    """Takes the locks, reads the amendment again. Raises Conflict when it is decided, or the text not written any more."""
    alliance = hold_draft(work, amendment.text)
    work.session.expire(amendment)
    if amendment.status != AmendmentStatus.open:
        raise Conflict(DECIDED)
    return alliance


def _say(work: Work, amendment: Amendment, party: Party, kind: Opinion, reason: str) -> Position:
    said = next((one for one in amendment.positions if one.party_id == party.id), None)
    if said is None:
        said = work.add(Position(amendment_id=amendment.id, party_id=party.id, kind=kind, at=work.now()))
    said.kind, said.reason, said.person_id, said.at = kind, reason, work.actor.person_id, work.now()
    work.session.flush()
    work.session.expire(amendment, ["positions"])
    return said


def _by_itself(work: Work, alliance: Alliance, amendment: Amendment) -> None:
    facts = amendment_facts(work, amendment)
    if refused_by_all(facts):
        _refuse(work, alliance, amendment, "")
    elif not blocking(AmendmentChart, amendment, "accept", facts):
        # The word said stands in any case; the amendment's page tells what keeps the text from taking it in.
        with suppress(Refused, NotFound):
            _accept(work, alliance, amendment, "accept")


def _accept(work: Work, alliance: Alliance, amendment: Amendment, event: str) -> None:
    """Moves it on and changes the text, or does neither."""
    with work.session.begin_nested():
        end(work, amendment, event, "", amendment_facts(work, amendment))
        article = apply(work, amendment)
    amendment.result_id = article.id
    work.session.flush()
    removal = amendment.kind == AmendmentKind.removal
    announce(
        work,
        alliance,
        AmendmentAccepted(
            text=amendment.text.ref,
            amendment=amendment.ref,
            party=amendment.party.ref,
            article=article.ref,
            title=article.title,
            sha256="" if removal else content.current_hash(work.session, article),
            how="agreed" if event == "accept" else "settled",
        ),
    )


def _refuse(work: Work, alliance: Alliance, amendment: Amendment, reason: str) -> None:
    end(work, amendment, "refuse", reason, amendment_facts(work, amendment))
    event = AmendmentRefused(
        text=amendment.text.ref, amendment=amendment.ref, party=amendment.party.ref, title=amendment.title, reason=reason
    )
    announce(work, alliance, event)


def _locked(work: Work, amendment: Amendment) -> bool:
    """A wording or a removal waits for its own article, which an objection reopens; a new article waits for the round."""
    if amendment.kind != AmendmentKind.insertion:
        return amendment.article is not None and amendment.article.locked
    return running(work.session, amendment.text_id) is not None


def _reason(said: str, asked: str = N_("Dites ce qui vous retient : c’est de là que part une autre proposition")) -> str:
    clean = said.strip()
    if len(clean) < 3:
        raise Invalid({"reason": [gettext(asked)]})
    if len(clean) > REASON:
        raise Invalid({"reason": [gettext(N_("Écrivez %(most)s caractères au plus"), most=REASON)]})
    return clean
