"""The proposal's mails: who gets which, what they say, and that they leave once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from charter.accounts.services import actor_of, know
from charter.adapters import outbox
from charter.adapters.clock import FixedClock
from charter.alliances import services as kernel
from charter.alliances.models import Alliance, OrganisationKind
from charter.proposals import services
from charter.work import Engine, Work
from tests import factories
from tests.charter.proposals import factories as made

Drain = Callable[[], int]
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def body(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert isinstance(part, EmailMessage)
    return str(part.get_content())


def to(mails: list[EmailMessage]) -> list[str]:
    return [str(mail["To"].addresses[0].addr_spec) for mail in mails]


def link(mail: EmailMessage) -> str:
    found = re.search(r"http://charte\.test(/connexion/\S+)", body(mail))
    assert found
    return found[1]


def three(work: Work) -> Alliance:
    alliance = factories.alliance(work)
    work.commit()
    return alliance


def test_the_invitation_says_who_what_and_until_when(work: Work, outgoing: list[EmailMessage], drain: Drain) -> None:
    made.invited(work, made.proposed(work))
    work.commit()
    drain()
    (mail,) = outgoing
    assert str(mail["To"]) == "Tom Vigie <tom@vigie.test>"
    assert mail["Subject"] == "Invitation à faire alliance : Un sas vers l’emploi"
    said = body(mail)
    for words in (
        "Léa Martin, pour Les Passerelles, invite Vigie Sécurité",
        "« Venez construire cela avec nous. » (Léa Martin)",
        "il ne sert qu’une fois, jusqu’au mardi 17 mars 2026",
        "parce que cette adresse a été indiquée pour joindre Vigie Sécurité",
    ):
        assert words in said
    assert made.NEED not in said
    assert "Lire la proposition et répondre" in body(mail, "html")


def test_its_link_opens_the_answer_once_for_fourteen_days(
    work: Work, outgoing: list[EmailMessage], drain: Drain, client: FlaskClient, clock: FixedClock
) -> None:
    alliance = made.proposed(work)
    made.invited(work, alliance)
    work.commit()
    drain()
    path = link(outgoing[0])
    clock.advance(timedelta(days=13))
    assert client.get(path).status_code == 200
    answer = client.post(path)
    assert answer.headers["Location"] == f"/alliances/{alliance.ref}/reponse"
    assert client.get(answer.headers["Location"]).status_code == 200
    assert client.post(path).status_code == 410


def test_the_link_dies_after_fourteen_days_and_an_ordinary_one_leads_there_too(
    work: Work, outgoing: list[EmailMessage], drain: Drain, client: FlaskClient, clock: FixedClock
) -> None:
    alliance = made.proposed(work)
    made.invited(work, alliance)
    work.commit()
    drain()
    clock.advance(timedelta(days=14, minutes=1))
    assert client.post(link(outgoing[0])).status_code == 410
    client.post("/connexion", data={"email": "tom@vigie.test", "suite": f"/alliances/{alliance.ref}/reponse"})
    drain()
    answer = client.post(link(outgoing[1]))
    assert answer.headers["Location"] == f"/alliances/{alliance.ref}/reponse"
    assert client.get(answer.headers["Location"]).status_code == 200


@on_sqlite
def test_an_invitation_withdrawn_before_its_mail_left_is_not_sent(work: Work, outgoing: list[EmailMessage], drain: Drain) -> None:
    services.cancel(work, made.invited(work, made.proposed(work)))
    work.commit()
    drain()
    assert [mail["Subject"] for mail in outgoing] == ["Invitation retirée : Un sas vers l’emploi"]


@on_sqlite
def test_delivering_twice_sends_once(work: Work, engine: Engine, outgoing: list[EmailMessage], drain: Drain) -> None:
    made.invited(work, made.proposed(work))
    work.commit()
    assert (drain(), drain()) == (1, 0)
    row_id = work.session.scalars(select(outbox.Outbox.id)).one()
    work.commit()
    assert not outbox.deliver(engine, row_id)
    assert len(outgoing) == 1


@on_sqlite
def test_an_acceptance_is_told_to_the_others_and_not_to_the_invited(work: Work, outgoing: list[EmailMessage], drain: Drain) -> None:
    alliance = three(work)
    party = made.invited(work, alliance, name="Vigie Nord")
    services.accept(work.by(actor_of(factories.speaker(party))), party, "Avec joie.")
    work.commit()
    drain()
    others = {factories.speaker(one).email for one in alliance.parties[:3]} | {alliance.facilitators[0].person.email}
    told = [mail for mail in outgoing if "entre dans l’alliance" in mail["Subject"]]
    assert set(to(told)) == others and len(told) == 4
    assert "« Avec joie. »" in body(told[0])


@on_sqlite
def test_a_refusal_is_told_to_those_who_lead_only(work: Work, outgoing: list[EmailMessage], drain: Drain) -> None:
    alliance = three(work)
    party = made.invited(work, alliance, name="Vigie Nord")
    services.decline(work.by(actor_of(factories.speaker(party))), party, "Pas cette année.")
    work.commit()
    drain()
    told = [mail for mail in outgoing if "décline" in mail["Subject"]]
    assert set(to(told)) == {factories.speaker(alliance.parties[0]).email, alliance.facilitators[0].person.email}
    assert "« Pas cette année. »" in body(told[0]) and f"/alliances/{alliance.ref}/proposition" in body(told[0])


@on_sqlite
def test_a_new_member_and_a_facilitator_are_welcomed(work: Work, outgoing: list[EmailMessage], drain: Drain) -> None:
    alliance = made.proposed(work)
    kernel.add_member(work, alliance.parties[0], email="ana@passerelles.test", name="Ana", roles=["drafter"])
    kernel.name_facilitator(work, alliance, email="noe@atelier.test", name="Noé")
    work.commit()
    drain()
    assert to(outgoing) == ["ana@passerelles.test", "noe@atelier.test"]
    assert "Votre rôle : Contributeur (écrit)." in body(outgoing[0])
    assert "n’avez pas de voix" in body(outgoing[1])


@on_sqlite
def test_a_member_gone_before_the_mail_left_gets_none(work: Work, outgoing: list[EmailMessage], drain: Drain) -> None:
    alliance = made.proposed(work)
    kernel.end_membership(work, kernel.add_member(work, alliance.parties[0], email="ana@passerelles.test", name="Ana", roles=["drafter"]))
    work.commit()
    drain()
    assert outgoing == []


@on_sqlite
def test_a_departure_and_an_end_are_told_with_their_reason(
    work: Work, outgoing: list[EmailMessage], drain: Drain, later_rooms: list[str]
) -> None:
    alliance = three(work)
    kernel.leave(work, alliance.parties[2], "Nous manquons de temps.")
    kernel.abandon(work, alliance, "Plus de financement.")
    work.commit()
    drain()
    left = [mail for mail in outgoing if "quitte" in mail["Subject"]]
    ended = [mail for mail in outgoing if "s’arrête" in mail["Subject"]]
    remaining = {factories.speaker(one).email for one in alliance.parties[:2]} | {alliance.facilitators[0].person.email}
    assert set(to(left)) == set(to(ended)) == remaining
    assert "« Nous manquons de temps. »" in body(left[0]) and "« Plus de financement. »" in body(ended[0])


@on_sqlite
def test_each_reads_it_in_their_language(work: Work, outgoing: list[EmailMessage], drain: Drain) -> None:
    alliance = made.proposed(work)
    know(work, "ann@example.test", "Ann", language="en")
    services.invite(work, alliance, "Vigil", OrganisationKind.company, "ann@example.test")
    work.commit()
    drain()
    assert 'lang="en"' in body(outgoing[0], "html")
