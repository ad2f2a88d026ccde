"""Every route has a rule, and the whole role × route matrix holds: whoever may not pass meets 401, 403, 404 or the sign-in page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule as Route
from werkzeug.test import TestResponse

from charter.accounts import services as accounts
from charter.accounts.models import Person
from charter.adapters.http.access import FREE_ENDPOINTS, Rule, rule_of
from charter.alliances.models import OrganisationKind
from charter.alliances.services import enrol
from charter.work import Engine
from tests import factories
from workflows.proposals import PartyStatus
from workflows.roles import Role, may

ROLES = (Role.observer, Role.drafter, Role.signatory, Role.referent)


@dataclass(frozen=True)
class Visitor:
    """Somebody, and what the table of roles should give them."""

    name: str
    person: Person | None
    roles: frozenset[str] = frozenset()
    facilitator: bool = False
    leading: bool = False
    party: str = ""
    operator: bool = False

    def passes(self, rule: Rule) -> bool:
        if rule.kind == "public":
            return True
        if self.person is None:
            return False
        if rule.kind == "operator":
            return self.operator
        if rule.kind == "signed_in":
            return True
        inside = self.facilitator or (self.party != "" and self.party in rule.parties)
        return inside and (not rule.action or may(rule.action, self.roles, facilitator=self.facilitator, leading=self.leading))


@pytest.fixture
def cast(engine: Engine) -> tuple[str, list[Visitor]]:
    """An alliance, and one visitor of each sort."""
    with engine.work() as work:
        alliance = factories.alliance(work)
        leading, other = alliance.parties[0], alliance.parties[1]
        visitors = [Visitor("stranger", None), Visitor("outsider", factories.person(work))]
        for party, leads in ((leading, True), (other, False)):
            for role in ROLES:
                member = enrol(work, party, factories.person(work), [role.value])
                visitors.append(
                    Visitor(
                        f"{role} of {'the leading' if leads else 'another'} party",
                        member.person,
                        frozenset({role.value}),
                        leading=leads,
                        party="accepted",
                    )
                )
        for status in (PartyStatus.invited, PartyStatus.left, PartyStatus.declined):
            party = factories.party(work, alliance, OrganisationKind.foundation, status=status)
            shown = "" if status == PartyStatus.declined else status.value
            visitors.append(Visitor(f"member of a party that {status}", factories.speaker(party), frozenset(factories.SPEAKS), party=shown))
        ended = enrol(work, leading, factories.person(work), [Role.referent.value])
        ended.ended_at = work.now()
        visitors.append(Visitor("former member", ended.person))
        visitors.append(Visitor("facilitator", alliance.facilitators[0].person, facilitator=True))
        operator = factories.person(work)
        operator.is_operator = True
        visitors.append(Visitor("operator", operator, operator=True))
        return alliance.ref, visitors


def routes(app: Flask) -> Iterator[tuple[Route, str]]:
    for route in app.url_map.iter_rules():
        for method in sorted((route.methods or set()) - {"HEAD", "OPTIONS"}):
            yield route, method


def address(app: Flask, route: Route, ref: str) -> str:
    values = {
        name: ref if name == "alliance_ref" else 987654 if "int:" in route.rule and f"<int:{name}>" in route.rule else "zzzzzz"
        for name in route.arguments
    }
    with app.test_request_context():
        return str(app.url_map.bind("charte.test").build(route.endpoint, values, force_external=False))


def rule_for(app: Flask, route: Route, method: str) -> Rule | None:
    with app.test_request_context(method=method):
        return rule_of(app, route.endpoint)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_route_has_exactly_one_rule(app: Flask) -> None:
    bare = [
        f"{method} {route.rule}"
        for route, method in routes(app)
        if route.endpoint not in FREE_ENDPOINTS and rule_for(app, route, method) is None
    ]
    assert bare == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_inside_rules_are_only_on_addresses_inside_an_alliance(app: Flask) -> None:
    for route, method in routes(app):
        rule = rule_for(app, route, method) if route.endpoint not in FREE_ENDPOINTS else None
        if rule is not None and rule.kind == "inside":
            assert "alliance_ref" in route.arguments, route.rule
        if "alliance_ref" in route.arguments:
            assert rule is not None and rule.kind == "inside", route.rule


def turned_away(answer: TestResponse) -> bool:
    return answer.status_code in {401, 403, 404} or (answer.status_code == 302 and answer.headers["Location"].startswith("/connexion"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_whole_matrix(app: Flask, engine: Engine, cast: tuple[str, list[Visitor]], signed_in: Callable[[Person], FlaskClient]) -> None:
    ref, visitors = cast
    wrong = []
    for visitor in visitors:
        browser = signed_in(visitor.person) if visitor.person else app.test_client()
        token = _token(engine, visitor)
        for route, method in routes(app):
            if route.endpoint in FREE_ENDPOINTS or route.endpoint == "accounts.sign_out":
                continue
            rule = rule_for(app, route, method)
            assert rule is not None
            path = address(app, route, ref)
            headers = {"Authorization": f"Bearer {token}"} if token and path.startswith("/api/") else {}
            away = turned_away(browser.open(path, method=method, headers=headers))
            expected = visitor.passes(rule)
            if not expected and not away:
                wrong.append(f"{visitor.name} passes {method} {route.rule}")
            if expected and away and route.arguments <= {"alliance_ref"} and not _moved(visitor, route, method):
                wrong.append(f"{visitor.name} is turned away from {method} {route.rule}")
    assert wrong == []


def _token(engine: Engine, visitor: Visitor) -> str:
    if visitor.person is None:
        return ""
    with engine.work() as work:
        return accounts.make_token(work, work.get(Person, visitor.person.id), "matrice")[0]


def _moved(visitor: Visitor, route: Route, method: str) -> bool:
    """Pages that are there only in another stage, or for somebody the stage names, may answer 404 even to who may pass."""
    return route.endpoint.split(".")[0].removeprefix("api_") in {
        "drafting",
        "contracts",
        "signing",
        "signing_provider",
        "evaluation",
        "site",
    }
