"""From word to signature: for each article of a signed charter, who proposed it, who wrote it, who consented to which exact words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from charter.contracts.gathering import charter_of
from charter.drafting import services as drafting
from charter.drafting.models import AdoptedArticle, Consent
from charter.i18n import enumerate_words, format_date, gettext
from charter.journal.models import Fact
from charter.signing.evidence.plain import Data, instant
from charter.signing.models import Envelope
from charter.work import Work
from workflows.base import N_
from workflows.drafting import ConsentKind

NAMED = 4
"""More parties than that are counted, not named, in a sentence."""
ORIGINS = {
    "template": N_("venu de la trame de départ"),
    "carried": N_("repris de la charte adoptée auparavant"),
    "added": N_("proposé par %(who)s"),
}
SIGNED = N_("le fichier signé le contient mot pour mot")
TO_SIGN = N_("le fichier à signer le contient mot pour mot")
UNLIKE = N_("mais le fichier ne contient pas ces mots")


@dataclass(frozen=True)
class _Known:
    """What all the articles share: parties by id (reference, name), journal lines by article, party and hash, the text's version."""

    parties: Mapping[int, tuple[str, str]]
    lines: Mapping[tuple[str, str, str], int]
    version: int


def of(work: Work, envelope: Envelope) -> Data:
    """The adopted charter: text, version, sha256, adopted_at, articles. Each: number, title, sha256, `origin` {kind, by}, `road` what
    happened to it, `written_by` in words, `consents` with the journal's line of each. `complete` adds what the signed file says."""
    adopted = charter_of(work, envelope.alliance, envelope.contract)
    text = drafting.text_of(work, envelope.alliance, adopted.text_ref)
    parties = {party.id: (party.ref, party.name) for party in envelope.alliance.parties}
    known = _Known(parties, _lines(work, envelope.alliance_id, adopted.text_ref), adopted.version)
    said: dict[int, list[Consent]] = {}
    for one in drafting.standing_consents(work, text):
        said.setdefault(one.article_id, []).append(one)
    roads = drafting.roads(work, text, [one.article for one in adopted.articles])
    written = {one.ref: one.words for one in drafting.authorship(work, text)}
    articles = [
        _article(one, said.get(one.article_id, []), roads[one.article_id], written.get(one.article.ref, {}), known)
        for one in adopted.articles
    ]
    return {
        "text": adopted.text_ref,
        "title": adopted.title,
        "version": adopted.version,
        "sha256": adopted.sha256,
        "adopted_at": instant(adopted.adopted_at),
        "articles": articles,
    }


def complete(charter: Data, file: str, carried: Mapping[int, str], *, signed: bool, zone: str) -> None:
    """Writes which `file` carries the charter; in each article the hash of its words there (`signed_sha256`, empty when it does not hold
    them), whether it is the one agreed to (`matches`), and the sentence that says it all, in the current language."""
    charter["file"] = file
    for one in charter["articles"]:
        one["signed_sha256"] = carried.get(one["number"], "")
        one["matches"] = one["signed_sha256"] == one["sha256"] and all(said["sha256"] == one["sha256"] for said in one["consents"])
        one["sentence"] = sentence(one, signed=signed, zone=ZoneInfo(zone))


def sentence(article: Data, *, signed: bool, zone: ZoneInfo) -> str:
    """One article's way to the signature, for a layperson, in the current language."""
    text = N_("L’article %(number)s, « %(title)s », %(origin)s, a été accepté par %(parties)s %(when)s ; %(signed)s.")
    held = SIGNED if signed else TO_SIGN
    carried = held if article["matches"] else UNLIKE
    return gettext(
        text,
        number=article["number"],
        title=article["title"],
        origin=_origin(article),
        parties=_parties(article["consents"]),
        when=_when([datetime.fromisoformat(one["at"]) for one in article["consents"]], zone),
        signed=gettext(carried),
    )


def _origin(article: Data) -> str:
    began = ORIGINS[article["origin"]["kind"]]
    origin = gettext(began, who=article["origin"]["by"])
    writers = [one["party"] for one in article["written_by"] if one["party"]]
    if not writers:
        return origin
    who = enumerate_words(writers) if len(writers) <= NAMED else gettext(N_("%(n)s parties"), n=len(writers))
    return gettext(N_("%(origin)s, écrit par %(parties)s"), origin=origin, parties=who)


def _parties(consents: Sequence[Data]) -> str:
    names = [one["party"] for one in consents]
    who = enumerate_words(names) if len(names) <= NAMED else gettext(N_("%(n)s parties"), n=len(names))
    reserved = [one["party"] for one in consents if one["kind"] == ConsentKind.reservation]
    if not reserved:
        return who
    of_whom = enumerate_words(reserved) if len(reserved) <= NAMED else gettext(N_("%(n)s parties"), n=len(reserved))
    return gettext(N_("%(parties)s, avec une réserve de %(reserved)s,"), parties=who, reserved=of_whom)


def _when(moments: Sequence[datetime], zone: ZoneInfo) -> str:
    days = sorted({one.astimezone(zone).date() for one in moments})
    if len(days) < 2:
        return gettext(N_("le %(day)s"), day=format_date(days[0])) if days else ""
    return gettext(N_("entre le %(first)s et le %(last)s"), first=format_date(days[0]), last=format_date(days[-1]))


def _article(
    one: AdoptedArticle,
    consents: Sequence[Consent],
    road: Sequence[drafting.Step],
    words: Mapping[int | None, int],
    known: _Known,
) -> Data:
    steps = [step for step in road if step.said is None]
    return {
        "number": one.number,
        "ref": one.article.ref,
        "title": one.title,
        "sha256": one.sha256,
        "origin": _began(steps, known.version),
        "road": [_step(step) for step in steps],
        "written_by": [
            {"party": known.parties.get(party or 0, ("", ""))[1], "words": count}
            for party, count in sorted(words.items(), key=lambda item: (item[0] is None, -item[1]))
            if count
        ],
        "consents": [_consent(said, one, known) for said in consents],
    }


def _began(steps: Sequence[drafting.Step], version: int) -> Data:
    if not steps or steps[0].kind == "begun":
        return {"kind": "template" if version == 1 else "carried", "by": ""}
    return {"kind": "added", "by": steps[0].party.name if steps[0].party else steps[0].actor}


def _step(step: drafting.Step) -> Data:
    party = step.party.name if step.party else ""
    return {"kind": step.kind, "at": instant(step.at), "label": step.label, "by": step.actor, "party": party, "reason": step.reason}


def _consent(said: Consent, one: AdoptedArticle, known: _Known) -> Data:
    ref, name = known.parties[said.party_id]
    return {
        "party": name,
        "party_ref": ref,
        "person": said.person.display_name if said.person else "",
        "kind": said.kind.value,
        "reason": said.reason,
        "sha256": said.sha256,
        "at": instant(said.at),
        "journal_line": known.lines.get((one.article.ref, ref, said.sha256), 0),
    }


def _lines(work: Work, alliance_id: int, text_ref: str) -> dict[tuple[str, str, str], int]:
    """By article, party and hash, the number of the journal's line that tells the consent."""
    query = select(Fact.seq, Fact.payload).where(Fact.alliance_id == alliance_id, Fact.type == "consent.given").order_by(Fact.seq)
    told = ((row.seq, row.payload) for row in work.session.execute(query))
    return {(one["article"], one["party"], one["sha256"]): seq for seq, one in told if one["text"] == text_ref}
