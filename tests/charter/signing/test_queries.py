"""The envelope's pages ask the database as many questions for twenty signatories as for three."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from charter.accounts.models import Person
from charter.accounts.services import make_token
from charter.alliances.models import OrganisationKind
from charter.alliances.services import enrol, find
from charter.signing import services
from charter.signing.models import Approver, AuthorityProof, Envelope, ProofKind, Signatory
from charter.signing.services.ceremony import enter
from charter.signing.services.inviting import invite
from charter.work import Engine, Work
from tests import factories as kernel
from tests.charter.dashboard.test_queries import statements
from tests.charter.signing import factories as make
from workflows.roles import Role

MORE = 17
PAGES = "/alliances/{}/signature"
PATHS = (PAGES, f"{PAGES}/avancement", f"{PAGES}/preparation", f"/api/v1{PAGES}", f"/api/v1{PAGES}/preparation")


def accompanied(work: Work, own: Signatory) -> None:
    """With what a party may join: a proof, and somebody asked for a visa."""
    proof = AuthorityProof(signatory=own, kind=ProofKind.statutes, filename="statuts.pdf", mime="application/pdf", sha256="0" * 64, size=9)
    proof.added_by, proof.added_at = own.person_id, work.now()
    reader = enrol(work, own.party, kernel.person(work), [Role.observer.value]).person
    visa = Approver(envelope=own.envelope, party=own.party, person=reader, name=reader.display_name, email=reader.email)
    visa.named_at = work.now()
    work.session.add_all([proof, visa])


def joined(work: Work, envelope: Envelope, number: int, *, visa: bool = True) -> None:
    """One more party that signs."""
    party = kernel.party(work, envelope.alliance, OrganisationKind.association, name=f"Partie {number}")
    person, title = kernel.speaker(party), "présidente"
    own = Signatory(envelope=envelope, party=party, person=person, position=number, name=person.display_name, email=person.email)
    own.title, own.organisation, own.field = title, party.name, services.signature_field(party)
    if visa:
        accompanied(work, work.add(own))
    else:
        work.add(own)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_ceremony_s_door_asks_no_more_for_twenty_than_for_three(work: Work, engine: Engine, envelope: Envelope) -> None:
    services.send(work.by(make.leader(envelope)), envelope)
    key, ref = envelope.signatories[1].id, envelope.alliance.ref
    work.commit()

    def entered() -> list[str]:
        with engine.work() as here:
            alliance = find(here, ref)  # as any request does first
            own = here.get(Signatory, key)
            acting = make.acting(here, own)
            with statements(engine) as seen:
                enter(acting, own)
                invite(acting, own.envelope)
            assert len(alliance.parties) >= 3
        return seen

    few = entered()
    for number in range(MORE):
        joined(work, envelope, 10 + number, visa=False)
        envelope.signatories[-1].invited_at = work.now()
    work.commit()
    many = entered()
    more = [one for one in many if many.count(one) > few.count(one)]
    assert len(many) - len(few) == 0, max(more, key=more.count)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_twenty_signatories_cost_no_more_questions_than_three(
    work: Work, engine: Engine, envelope: Envelope, signed_in: Callable[[Person], FlaskClient], path: str
) -> None:
    for own in envelope.signatories:
        accompanied(work, own)
    if not path.endswith("signature/preparation") or path.startswith("/api"):
        services.send(work.by(make.leader(envelope)), envelope)
    leader, ref = kernel.speaker(envelope.alliance.parties[0]), envelope.alliance.ref
    headers = {"Authorization": f"Bearer {make_token(work, leader, 'essai')[0]}"}
    work.commit()
    browser, address = signed_in(leader), path.format(ref)
    browser.get(address, headers=headers)  # what the first visit writes (last seen) is not counted
    with statements(engine) as few:
        assert browser.get(address, headers=headers).status_code == 200
    for number in range(MORE):
        joined(work, envelope, 10 + number)
    work.commit()
    with statements(engine) as many:
        answer = browser.get(address, headers=headers)
    assert f"Partie {9 + MORE}" in answer.text
    more = [one for one in many if many.count(one) > few.count(one)]
    assert len(many) == len(few), max(more, key=more.count)
