"""The same ceremony over the API."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest
from flask.testing import FlaskClient

from charter.accounts.services import make_token
from charter.signing.models import Envelope, Signatory
from charter.work import Work
from tests import factories as kernel
from tests.charter.signing import factories as make

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # one is enough for what the API adds
Call = Callable[..., Any]


@pytest.fixture
def call(work: Work, envelope: Envelope, client: FlaskClient) -> Call:
    """call(position of the party, method, path, body) -> answer."""
    people = [kernel.speaker(party) for party in envelope.alliance.parties]
    tokens = [make_token(work, person, "essai")[0] for person in people]
    url = f"/api/v1/alliances/{envelope.alliance.ref}/signature"
    work.commit()

    def ask(position: int, method: str, path: str = "", body: object = None) -> Any:
        return client.open(url + path, method=method, json=body, headers={"Authorization": f"Bearer {tokens[position]}"})

    return ask


def code_of(work: Work, position: int) -> str:
    work.session.expire_all()
    signatory = work.session.query(Signatory).filter_by(position=position).one()
    code = make.code_of(work, signatory)
    work.commit()
    return code


def test_the_journey(call: Call, work: Work, envelope: Envelope, drain: Callable[[], int], outgoing: list[EmailMessage]) -> None:
    assert call(1, "POST", "/send").status_code == 403
    answer = call(0, "POST", "/send").json
    assert (answer["status"], len(answer["documents"]), len(answer["signatories"])) == ("sent", 2, 3)
    for position in range(3):
        assert call(position, "POST", "/mine/code").status_code == 422
        first = call(position, "POST", "/mine/reading/charter", {"way": "pdf"}).json
        assert (first["signatory"]["status"], first["unread"]) == ("opened", ["contract"])
        assert call(position, "POST", "/mine/reading/charter", {"way": "scrolled"}).status_code == 422
        assert call(position, "POST", "/mine/reading").json["unread"] == []
        assert call(position, "POST", "/mine/code").status_code == 202
        assert call(position, "POST", "/mine/identification", {"code": code_of(work, position)}).json["identified"]
        refused = call(position, "POST", "/mine/signature", {"sentence": "Oui."})
        assert (refused.status_code, refused.mimetype) == (409, "application/problem+json")
        sentence = call(position, "GET", "/mine").json["sentence"]
        assert call(position, "POST", "/mine/signature", {"sentence": sentence}).json["signatory"]["status"] == "sealing"
        drain()
    done = call(1, "GET").json
    assert (done["status"], done["evidence"]) == ("completed", True)
    for document in done["documents"]:
        assert call(2, "GET", f"/documents/{document['kind']}.pdf").data == work.storage.get(document["current_sha256"])
    assert call(2, "GET", "/evidence.json").json["envelope"]["ref"] == envelope.ref
    assert call(2, "GET", "/evidence.pdf").data.startswith(b"%PDF-")


def test_a_refused_code_names_the_field_and_counts(call: Call, work: Work) -> None:
    call(0, "POST", "/send")
    call(0, "POST", "/mine/reading")
    call(0, "POST", "/mine/code")
    wrong = f"{(int(code_of(work, 0)) + 1) % 10**6:06d}"
    told = [call(0, "POST", "/mine/identification", {"code": wrong}) for _ in range(5)]
    assert [one.status_code for one in told] == [422] * 4 + [429]
    assert "4 essais" in told[0].json["fields"]["code"][0]


def test_what_is_missing_is_listed(call: Call, work: Work, envelope: Envelope) -> None:
    party = envelope.alliance.parties[2]
    party.deliberation_number, party.deliberation_date = "", None
    work.commit()
    answer = call(0, "POST", "/send")
    assert answer.status_code == 409
    assert [one["who"] for one in answer.json["missing"]] == [[party.name]]


def test_refusing_and_taking_back_need_a_reason(call: Call) -> None:
    call(0, "POST", "/send")
    assert call(1, "POST", "/mine/refusal", {"reason": ""}).status_code == 422
    assert call(1, "POST", "/void", {"reason": "Une clause manque."}).status_code == 403
    assert call(1, "POST", "/mine/refusal", {"reason": "Une clause manque."}).json["status"] == "declined"
    assert call(0, "POST", "/void", {"reason": "Une clause manque."}).status_code == 409
