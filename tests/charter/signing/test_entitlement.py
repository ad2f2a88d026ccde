"""A signatory who loses the role, and a party that loses its last referent: nobody is asked what they may not do, somebody always may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
from flask.testing import FlaskClient

from charter.accounts.models import Person
from charter.accounts.services import actor_of, make_token
from charter.adapters.clock import FixedClock
from charter.alliances.announce import announce
from charter.alliances.models import Party
from charter.alliances.services import add_member, end_membership, enrol, hold, set_roles
from charter.dashboard.situation import gather, viewer_in
from charter.errors import Forbidden, Refused
from charter.journal import services as journal
from charter.signing import services
from charter.signing.models import Approver, Envelope, ProofKind, Signatory
from charter.signing.services.reminding import awaited_now, held_up
from charter.work import Work
from tests import factories as kernel
from tests.charter.signing import factories as make
from tests.charter.signing.letters_kept import same
from workflows.events import MemberRolesChanged
from workflows.roles import Role
from workflows.todo import todo
from workflows.visas import ApproverStatus

Drain = Callable[[], int]
SignedIn = Callable[[Person], FlaskClient]
sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def own(work: Work, envelope: Envelope) -> Signatory:
    """The second party's signatory, whose referent is another person; the documents are out."""
    found = envelope.signatories[1]
    enrol(work, found.party, kernel.person(work, "Rémi Référent"), [Role.referent.value], "référent")
    services.send(work.by(make.leader(envelope)), envelope)
    work.commit()
    return found


def referent(of: Party) -> Person:
    return next(one.person for one in of.members if one.person.name == "Rémi Référent")


def demoted(work: Work, own: Signatory, *roles: Role) -> None:
    """The referent takes the signatory's role back, or gives it again."""
    member = next(one for one in own.party.members if one.person_id == own.person_id)
    set_roles(work.by(actor_of(referent(own.party))), member, [role.value for role in roles], own.title)
    work.commit()


def to_do(work: Work, envelope: Envelope, person: Person) -> list[str]:
    """The pages the person's « À faire » leads to."""
    alliance = envelope.alliance
    return [one.endpoint for one in todo(gather(work, [alliance])[alliance.id], viewer_in(person, alliance)).todos]


def subjects(outgoing: list[EmailMessage], name: str) -> list[str]:
    return [str(one["Subject"]) for one in outgoing if name in str(one["To"])]


@sqlite
def test_whoever_lost_the_role_is_asked_nothing_more_and_the_referents_are_told(
    work: Work, envelope: Envelope, own: Signatory, drain: Drain, outgoing: list[EmailMessage], clock: FixedClock
) -> None:
    assert "signing.ceremony" in to_do(work, envelope, own.person)
    work.commit()
    drain()
    outgoing.clear()
    demoted(work, own, Role.drafter)
    drain()
    assert "signing.ceremony" not in to_do(work, envelope, own.person)
    assert "signing.show" in to_do(work, envelope, referent(own.party))
    assert own not in awaited_now(envelope) and own not in [one for one, _ in held_up(envelope)]
    assert subjects(outgoing, "Paul") == []
    same("unentitled", next(one for one in outgoing if "Rémi" in str(one["To"])))
    with pytest.raises(Refused):
        services.remind(work.by(make.leader(envelope)), own)
    work.session.rollback()
    clock.advance(timedelta(days=27))
    drain()
    assert subjects(outgoing, "Amina") and subjects(outgoing, "Paul") == []
    demoted(work, own, Role.signatory)
    assert "signing.ceremony" in to_do(work, envelope, own.person)
    assert "signing.show" not in to_do(work, envelope, referent(own.party))


@sqlite
def test_one_not_asked_yet_is_invited_once_the_role_is_back(
    work: Work, envelope: Envelope, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    own = envelope.signatories[1]
    enrol(work, own.party, kernel.person(work, "Rémi Référent"), [Role.referent.value], "référent")
    services.set_order(work.by(make.leader(envelope)), envelope, {one.party.ref: 2 if one is own else 1 for one in envelope.signatories})
    services.send(work.by(make.leader(envelope)), envelope)
    work.commit()
    demoted(work, own, Role.drafter)
    for other in envelope.signatories:
        if other is not own:
            make.sign(work, other)
            work.commit()
            drain()
            work.session.expire_all()
    assert own.invited_at is None and not [one for one in subjects(outgoing, "Paul") if one.startswith("À signer")]
    work.commit()
    demoted(work, own, Role.signatory)
    drain()
    assert [one for one in subjects(outgoing, "Paul") if one.startswith("À signer")]


@sqlite
def test_one_who_left_and_came_back_is_invited_too(work: Work, envelope: Envelope, drain: Drain, outgoing: list[EmailMessage]) -> None:
    own = envelope.signatories[1]
    enrol(work, own.party, kernel.person(work, "Rémi Référent"), [Role.referent.value], "référent")
    services.send(work.by(make.leader(envelope)), envelope)
    own.invited_at = None  # as after a delegation ended
    here = work.by(actor_of(referent(own.party)))
    end_membership(here, next(one for one in own.party.members if one.person_id == own.person_id))
    assert own.invited_at is None
    add_member(here, own.party, email=own.email, name=own.name, roles=[Role.signatory.value], title=own.title)
    assert own.invited_at is not None


@sqlite
def test_a_party_without_anybody_to_say_who_signs_is_seen_to_by_those_who_lead(
    work: Work, envelope: Envelope, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    own, leader = envelope.signatories[1], kernel.speaker(envelope.alliance.parties[0])
    services.send(work.by(make.leader(envelope)), envelope)
    member = next(one for one in own.party.members if one.person_id == own.person_id)
    member.roles = [Role.drafter.value]  # however it came
    work.commit()
    assert "signing.voiding" in to_do(work, envelope, leader)
    told = MemberRolesChanged(party=own.party.ref, person=str(own.person_id), roles=(Role.drafter.value,))
    announce(work, hold(work, envelope.alliance), told)
    work.commit()
    drain()
    assert [one for one in subjects(outgoing, "Amina") if one.startswith("Qui signe pour")]


@sqlite
def test_while_it_is_prepared_too(work: Work, envelope: Envelope) -> None:
    own = envelope.signatories[1]
    enrol(work, own.party, kernel.person(work, "Rémi Référent"), [Role.referent.value], "référent")
    leader = kernel.speaker(envelope.alliance.parties[0])
    assert to_do(work, envelope, leader) == ["signing.prepare"]
    demoted(work, own, Role.drafter)
    assert to_do(work, envelope, leader) == []
    assert to_do(work, envelope, referent(own.party)) == ["signing.prepare"]


@sqlite
def test_the_page_says_so_to_who_comes_all_the_same(work: Work, envelope: Envelope, own: Signatory, signed_in: SignedIn) -> None:
    demoted(work, own, Role.signatory, Role.drafter)
    person, url = own.person, f"/alliances/{envelope.alliance.ref}/signature"
    work.commit()
    browser = signed_in(person)
    assert "Lire et signer" in browser.get(url).text
    demoted(work, own, Role.drafter)
    shown = browser.get(url).text
    assert "Lire et signer" not in shown and "n’est plus une personne habilitée à signer" in shown


def test_a_role_lost_is_not_given_to_somebody_else(work: Work, envelope: Envelope, own: Signatory) -> None:
    here = make.acting(work, own)
    proof = services.join_proof(here, own, ProofKind.delegation, services.keep_proof(work, "a.pdf", PDF))
    demoted(work, own, Role.drafter)
    choice = services.Choice(name="Autre Personne", email="autre@exemple.test", title="directrice")
    with pytest.raises(Forbidden):
        services.delegate(here, own, choice, proof)
    services.delegate(work.by(actor_of(referent(own.party))), own, choice, proof)
    assert own.name == "Autre Personne"


@pytest.fixture
def unattended(work: Work, envelope: Envelope) -> Approver:
    """A visa refused in a party whose last referent is gone; a signatory and an observer remain."""
    own = envelope.signatories[1]
    member = next(one for one in own.party.members if one.person_id == own.person_id)
    reader = enrol(work, own.party, kernel.person(work, "Léa Visa"), [Role.observer.value])
    found = services.ask_visa(work.by(actor_of(own.person)), envelope, own.party, services.Choice(reader.id))
    services.send(work.by(make.leader(envelope)), envelope)
    services.refuse_visa(work.by(actor_of(reader.person)), found, "Le budget a changé.")
    member.roles = [Role.signatory.value]  # however it came: an account closed, a row mended by the operator
    work.commit()
    return found


@sqlite
@pytest.mark.parametrize("who", ["the signatory", "the leader", "the facilitator"])
def test_without_a_referent_somebody_can_lift_the_visa(
    work: Work, envelope: Envelope, unattended: Approver, signed_in: SignedIn, who: str
) -> None:
    alliance, party = envelope.alliance, unattended.party
    people = {
        "the signatory": envelope.signatories[1].person,
        "the leader": kernel.speaker(alliance.parties[0]),
        "the facilitator": alliance.facilitators[0].person,
    }
    assert "signing.show" in to_do(work, envelope, people[who])
    url, ref = f"/alliances/{alliance.ref}/signature", party.ref
    others = [unattended.person, kernel.speaker(alliance.parties[2])]
    work.commit()
    for other in others:
        browser = signed_in(other)
        assert f"visa/{ref}/retrait" not in browser.get(url).text
        assert browser.post(f"{url}/visa/{ref}/retrait").status_code == 403
    browser = signed_in(people[who])
    assert f"visa/{ref}/retrait" in browser.get(url).text
    assert browser.post(f"{url}/visa/{ref}/retrait").status_code == 302
    work.session.expire_all()
    assert unattended.status == ApproverStatus.removed
    last = [fact for fact in journal.facts(work, alliance.id) if fact.type == "signature.visa_lifted"][-1]
    assert str(people[who].id) in str(last.actor)


@sqlite
def test_with_a_referent_it_stays_the_party_s(work: Work, envelope: Envelope, unattended: Approver, client: FlaskClient) -> None:
    enrol(work, unattended.party, kernel.person(work), [Role.referent.value])
    for person in (envelope.signatories[1].person, kernel.speaker(envelope.alliance.parties[0])):
        with pytest.raises(Forbidden):
            services.lift_visa(work.by(actor_of(person)), envelope, unattended.party)
    leader = kernel.speaker(envelope.alliance.parties[0])
    token, _kept = make_token(work, leader, "essai")
    url = f"/api/v1/alliances/{envelope.alliance.ref}/signature/parties/{unattended.party.ref}/approver"
    work.commit()
    headers = {"Authorization": f"Bearer {token}"}
    assert client.delete(url, headers=headers).status_code == 403
    for member in unattended.party.members:
        if Role.referent in member.roles:
            member.roles = [Role.drafter.value]
    work.commit()
    assert client.delete(url, headers=headers).status_code == 204
