"""In what order people sign: all at once, or rank after rank."""

from __future__ import annotations

from collections.abc import Mapping

from charter.alliances.announce import announce
from charter.errors import Invalid
from charter.i18n import gettext
from charter.signing.models import Envelope
from charter.signing.services.envelopes import held
from charter.signing.services.preparing import check_draft
from charter.work import Work
from workflows.base import N_
from workflows.events import SigningOrderSet


def set_order(work: Work, envelope: Envelope, ranks: Mapping[str, int]) -> None:
    """Gives each party's signatory its rank (by the party's reference), 1 signing first; an empty mapping: all at once.

    Ranks are closed up: 1, 3, 3 becomes 1, 2, 2. Raises Invalid (ranks), Refused once the envelope is sent.
    """
    alliance = held(work, envelope)
    check_draft(envelope)
    known = {one.party.ref: one for one in envelope.signatories}
    wanted = dict(ranks) or dict.fromkeys(known, 1)
    most = len(known)
    if set(wanted) != set(known) or not all(1 <= rank <= most for rank in wanted.values()):
        raise Invalid({"ranks": [gettext(N_("Donnez à chaque partie qui signe un rang, de 1 à %(most)s"), most=most)]})
    closed = {rank: position for position, rank in enumerate(sorted(set(wanted.values())), start=1)}
    if all(one.rank == closed[wanted[ref]] for ref, one in known.items()):
        return
    for ref, one in known.items():
        one.rank = closed[wanted[ref]]
    told = tuple(f"{ref}={one.rank}" for ref, one in known.items())
    announce(work, alliance, SigningOrderSet(envelope=envelope.ref, ranks=told))
