"""Envelopes found, held, and what the guards look at."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from charter.alliances.announce import leading_party
from charter.alliances.models import Alliance, OrganisationKind, Party
from charter.alliances.services import hold
from charter.errors import NotFound, Refused
from charter.signing.models import Envelope, Signatory
from charter.signing.services.turns import entitled, told
from charter.work import Work
from workflows.base import N_, possible
from workflows.proposals import PartyStatus
from workflows.signing import AWAITED as AWAITED
from workflows.signing import EnvelopeChart, EnvelopeFacts, nobody_left

UNSIGNABLE = N_("Ces documents ne peuvent plus être signés tels quels.")


def signature_field(party: Party) -> str:
    """Name of the party's signature field in the documents."""
    return f"sig-{party.ref}"


def open_to(alliance: Alliance, party: Party | None) -> Select[Envelope]:
    """The alliance's envelopes `party` may see: all of them while it is in, those that name it once it has left. None: somebody whom no
    party limits (a facilitator, the application).
    """
    query = select(Envelope).where(Envelope.alliance_id == alliance.id)
    gone = party is not None and party.status != PartyStatus.accepted
    return query.where(Envelope.signatories.any(Signatory.party == party)) if gone else query


def current(work: Work, alliance: Alliance, party: Party | None = None) -> Envelope | None:
    """The newest envelope open to `party`, whatever its status, with its documents and signatories; None before the first."""
    query = open_to(alliance, party).order_by(Envelope.id.desc()).limit(1)
    return work.session.scalar(
        query.options(selectinload(Envelope.documents), selectinload(Envelope.signatories).selectinload(Signatory.party))
    )


def the_current(work: Work, alliance: Alliance, party: Party | None = None) -> Envelope:
    """The same. Raises NotFound before the first."""
    found = current(work, alliance, party)
    if found is None:
        raise NotFound(N_("Rien n’est encore à signer : le contrat doit d’abord être figé."))
    return found


def by_ref(work: Work, alliance: Alliance, ref: str, party: Party | None = None) -> Envelope:
    """The alliance's envelope with that reference, if open to `party`. Raises NotFound."""
    found = work.session.scalar(open_to(alliance, party).where(Envelope.ref == ref))
    if found is None:
        raise NotFound
    return found


def signatory_of(envelope: Envelope, ref: str) -> Signatory:
    """The envelope's signatory with that reference. Raises NotFound."""
    found = next((one for one in envelope.signatories if one.ref == ref), None)
    if found is None:
        raise NotFound
    return found


def signatory_seen(work: Work, alliance: Alliance, ref: str, party: Party | None = None) -> Signatory:
    """A signatory of any of the alliance's envelopes open to `party`. Raises NotFound."""
    seen = open_to(alliance, party).with_only_columns(Envelope.id)
    found = work.session.scalar(select(Signatory).where(Signatory.ref == ref, Signatory.envelope_id.in_(seen)))
    if found is None:
        raise NotFound
    return found


def held(work: Work, envelope: Envelope) -> Alliance:
    """Takes the alliance's lock and reads the envelope, its signatories and its approvers afresh under it."""
    alliance = hold(work, envelope.alliance)
    whole = selectinload(Envelope.signatories), selectinload(Envelope.approvers)
    # Kept by the envelope, as parties are by the alliance: what nobody holds on to is forgotten, then read again one by one.
    work.session.scalars(select(Envelope).filter_by(id=envelope.id).options(*whole).execution_options(populate_existing=True)).one()
    return alliance


def facts(envelope: Envelope) -> EnvelopeFacts:
    """What the guards look at. Parties are those in the alliance today; a signatory whose party left counts no more."""
    parties = envelope.alliance.accepted_parties
    named = [one for one in envelope.signatories if one.party in parties]
    signatories = tuple(told(envelope, one) for one in named)
    undeliberated = tuple(party.name for party in parties if must_deliberate(party) and not deliberated(party))
    leader = leading_party(envelope.alliance)
    names = tuple(party.name for party in parties)
    return EnvelopeFacts(names, signatories, undeliberated, tuple(departed(envelope)), leader.name if leader else "")


def must_deliberate(party: Party) -> bool:
    """True for a local authority, whose assembly allows its executive to sign (code général des collectivités territoriales)."""
    return party.organisation.kind == OrganisationKind.local_authority


def deliberated(party: Party) -> bool:
    """True when the deliberation's number and date are known."""
    return bool(party.deliberation_number and party.deliberation_date)


def departed(envelope: Envelope) -> list[str]:
    """Organisations named in the documents that have left the alliance since: the envelope can then only be taken back."""
    return [one.organisation for one in envelope.signatories if one.party.status != PartyStatus.accepted]


def today(work: Work, alliance: Alliance) -> date:
    """The day it is in the alliance's zone."""
    return work.now().astimezone(ZoneInfo(alliance.zone)).date()


def signable(envelope: Envelope) -> None:
    """Raises Refused once a party named in the documents has left: they can only be taken back."""
    missing = list(nobody_left(facts(envelope)))
    if missing:
        raise Refused(UNSIGNABLE, missing)


def may_sign(signatory: Signatory) -> bool:
    """True while the person acts for the party as its signatory."""
    party = signatory.party
    return party.status == PartyStatus.accepted and entitled(signatory)


def voidable(envelope: Envelope) -> bool:
    """True while the leaders may take it back."""
    return "void" in possible(EnvelopeChart, envelope)
