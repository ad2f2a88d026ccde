"""The pages and the API of order, proofs, delegation and visas: who may, what is kept of what was typed, how files come back."""

from __future__ import annotations

import io
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest
from flask.testing import FlaskClient

from charter.accounts.models import Person
from charter.accounts.services import make_token
from charter.alliances.services import enrol
from charter.signing.models import AuthorityProof, Envelope, Signatory
from charter.work import Work
from tests import factories as kernel
from tests.charter.signing import factories as make
from tests.charter.signing.test_pages import loaded
from workflows.roles import Role
from workflows.signing import SignatoryStatus

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # one is enough for what pages add
SignIn = Callable[[Person], FlaskClient]
PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def envelope(work: Work) -> Envelope:
    """A draft envelope, whose second party has another who may sign, and a reader."""
    made = make.envelope(work)
    party = made.alliance.parties[1]
    enrol(work, party, kernel.person(work, "Inès Roux"), [Role.signatory.value], "directrice déléguée")
    enrol(work, party, kernel.person(work, "Ève Visa"), [Role.observer.value], "trésorière")
    return loaded(work, made)


@pytest.fixture
def url(envelope: Envelope) -> str:
    """The signature's pages."""
    return f"/alliances/{envelope.alliance.ref}/signature"


def a_file(content: bytes = PDF, name: str = "acte.pdf", **fields: str) -> dict[str, Any]:
    return {**fields, "file": (io.BytesIO(content), name)}


def fresh(work: Work, signatory: Signatory) -> Signatory:
    work.session.expire_all()
    one = work.get(Signatory, signatory.id)
    _ = one.status, one.rank, one.name, one.delegate_of, [proof.ref for proof in one.proofs]
    work.commit()
    return one


def test_choosing_the_order(signed_in: SignIn, envelope: Envelope, url: str, work: Work) -> None:
    leader, other = (signed_in(kernel.speaker(party)) for party in envelope.alliance.parties[:2])
    assert other.get(f"{url}/ordre").status_code == 403
    page = leader.get(f"{url}/ordre").text
    assert "Dans quel ordre signer ?" in page and "Paul Étienne" in page
    ranks = {f"rank-{party.ref}": str(rank) for party, rank in zip(envelope.alliance.parties, (2, 1, 9), strict=True)}
    refused = leader.post(f"{url}/ordre", data={"mode": "groups", **ranks})
    assert refused.status_code == 422 and "un rang, de 1 à 3" in refused.text and '<option value="2" selected>' in refused.text
    ranks[f"rank-{envelope.alliance.parties[2].ref}"] = "2"
    assert leader.post(f"{url}/ordre", data={"mode": "groups", **ranks}).location == f"{url}/preparation"
    assert [fresh(work, one).rank for one in envelope.signatories] == [2, 1, 2]
    assert "Par groupes" in leader.get(f"{url}/preparation").text
    assert leader.post(f"{url}/ordre", data={"mode": "together", **ranks}).status_code == 302
    assert fresh(work, envelope.signatories[0]).rank == 1


def test_before_ones_turn_the_page_says_whom_one_waits_for(signed_in: SignIn, envelope: Envelope, url: str, work: Work) -> None:
    leader = signed_in(kernel.speaker(envelope.alliance.parties[0]))
    ranks = {f"rank-{party.ref}": str(rank) for party, rank in zip(envelope.alliance.parties, (1, 2, 2), strict=True)}
    leader.post(f"{url}/ordre", data={"mode": "groups", **ranks})
    leader.post(f"{url}/envoi")
    second = signed_in(envelope.signatories[1].person)
    for path in ("", "/identite", "/signer"):
        page = second.get(f"{url}/ceremonie{path}")
        assert page.status_code == 200
        assert "Ce n’est pas encore votre tour" in page.text and "Signature d’Amina Benali" in page.text
    assert "Ce n’est pas encore votre tour" in second.get(f"{url}/refus").text
    for path, data in (
        ("ceremonie/lecture", {"read": ["charter", "contract"]}),
        ("ceremonie/code", {}),
        ("ceremonie/identite", {"code": "123456"}),
    ):
        answer = second.post(f"{url}/{path}", data=data)
        assert answer.status_code in (409, 422) and "Amina Benali" in answer.text
    for path, data in (("ceremonie/signer", {"sentence": "x", "agreed": "true"}), ("refus", {"reason": "Non merci."})):
        answer = second.post(f"{url}/{path}", data=data)
        assert answer.status_code == 409 and "Amina Benali" in answer.text
    assert fresh(work, envelope.signatories[1]).status == SignatoryStatus.waiting
    shown = leader.get(url).text
    assert "Relancer Paul Étienne" not in shown and "qui vient d’abord" in shown


def test_a_proof_is_joined_listed_and_kept_never_shown(signed_in: SignIn, envelope: Envelope, url: str, work: Work) -> None:
    own = envelope.signatories[2]
    mine, other = signed_in(own.person), signed_in(envelope.signatories[0].person)
    address = f"{url}/pieces/{own.ref}"
    assert "il est recommandé de joindre la délibération" in mine.get(address).text
    assert other.get(address).status_code == 403 and other.post(address, data=a_file(kind="other")).status_code == 403
    wrong = mine.post(address, data=a_file(b"<html></html>", "page.pdf", kind="statutes"))
    assert wrong.status_code == 422 and "ni un PDF, ni une image" in wrong.text and 'value="statutes" checked' in wrong.text
    big = mine.post(address, data=a_file(PDF + b"\0" * 10 * 1024**2, kind="statutes"))
    assert big.status_code == 422 and "dépasse 10 Mo" in big.text
    assert mine.post(address, data=a_file(b"\0" * 11 * 1024**2, kind="statutes")).status_code == 413
    assert mine.post(address, data={"kind": "statutes"}).status_code == 422
    assert mine.post(address, data=a_file(name="Délibération.pdf", kind="deliberation")).location == address
    (proof,) = fresh(work, own).proofs
    for page in (other.get(f"{url}/preparation"), other.get(url)):
        assert page.status_code == 200
    assert f"{address}/{proof.ref}" in other.get(f"{url}/preparation").text
    kept = other.get(f"{address}/{proof.ref}")
    assert (kept.data, kept.mimetype) == (PDF, "application/pdf")
    assert kept.headers["Content-Disposition"].startswith("attachment")
    assert kept.headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in kept.headers["Content-Security-Policy"]
    assert "no-store" in kept.headers["Cache-Control"]
    stranger = kernel.person(work)
    work.commit()
    assert signed_in(stranger).get(f"{address}/{proof.ref}").status_code == 404
    assert mine.post(f"{address}/{proof.ref}/retrait").location == address
    assert mine.get(f"{address}/{proof.ref}").status_code == 404


def test_delegating_by_the_page(signed_in: SignIn, envelope: Envelope, url: str, work: Work) -> None:
    own, address = envelope.signatories[1], f"{url}/delegation/{envelope.signatories[1].ref}"
    member = next(one for one in own.party.members if one.person.name == "Inès Roux")
    people, chosen = (own.person, member.person, kernel.speaker(envelope.alliance.parties[0])), str(member.id)
    work.commit()
    holder, colleague, leader = (signed_in(person) for person in people)
    assert colleague.get(address).status_code == 403 and colleague.post(address, data=a_file(member=chosen)).status_code == 403
    assert "Inès Roux" in holder.get(address).text
    refused = holder.post(address, data={"name": "Luc Neuf", "email": "luc@exemple.test", "title": "adjoint"})
    assert refused.status_code == 422 and 'value="luc@exemple.test"' in refused.text
    refused = holder.post(address, data=a_file(name="d.pdf", email="luc@exemple.test"))
    assert refused.status_code == 422 and "le prénom et le nom" in refused.text
    assert fresh(work, own).proofs == []
    assert holder.post(address, data=a_file(member=chosen)).location == f"{url}/preparation"
    given = fresh(work, own)
    assert (given.name, given.delegate_of, len(given.proofs)) == ("Inès Roux", "Paul Étienne", 1)
    work.commit()
    assert "Par délégation de Paul Étienne" in holder.get(f"{url}/preparation").text
    leader.post(f"{url}/envoi")
    assert colleague.get(f"{url}/ceremonie").status_code == 200
    assert holder.get(f"{url}/ceremonie").status_code == 403
    assert holder.post(f"{address}/fin").location == url
    assert fresh(work, own).name == "Paul Étienne"
    work.commit()
    assert colleague.get(f"{url}/ceremonie").status_code == 403


def test_the_visa_by_the_page(signed_in: SignIn, envelope: Envelope, url: str, work: Work) -> None:
    own = envelope.signatories[1]
    member = next(one for one in own.party.members if one.person.name == "Ève Visa")
    people, address = (own.person, member.person, kernel.speaker(envelope.alliance.parties[0])), f"{url}/visa/{own.party.ref}"
    work.commit()
    referent, approver, leader = (signed_in(person) for person in people)
    assert leader.get(address).status_code == 403 and approver.get(f"{url}/mon-visa").status_code == 403
    assert referent.post(address, data={}).status_code == 422
    assert referent.post(address, data={"member": str(member.id)}).location == f"{url}/preparation"
    assert approver.get(f"{url}/mon-visa").location == url
    leader.post(f"{url}/envoi")
    assert "Visa d’Ève Visa attendu" in referent.get(f"{url}/ceremonie").text
    page = approver.get(f"{url}/mon-visa").text
    assert "Je donne mon visa" in page and "J’ai lu ce document" not in page
    assert leader.post(f"{url}/mon-visa/accord").status_code == 403
    assert approver.post(f"{url}/mon-visa/refus", data={"reason": ""}).status_code == 422
    assert approver.post(f"{url}/mon-visa/refus", data={"reason": "Le budget manque."}).location == url
    assert "Le budget manque." in leader.get(url).text
    assert "a refusé son visa" in referent.get(f"{url}/ceremonie").text
    assert "Vous avez refusé votre visa" in approver.get(f"{url}/mon-visa").text
    assert approver.post(f"{url}/mon-visa/accord").location == url
    assert "Visa donné" in leader.get(url).text
    assert "Lisez ce que vous allez signer" in referent.get(f"{url}/ceremonie").text
    assert referent.post(f"{address}/retrait").location == url
    assert referent.post(f"{address}/retrait").status_code == 404


def test_all_of_it_over_the_api(envelope: Envelope, client: FlaskClient, work: Work, outgoing: list[EmailMessage]) -> None:
    own = envelope.signatories[1]
    members = {one.person.name: one for one in own.party.members}
    people = {"leader": kernel.speaker(envelope.alliance.parties[0]), "own": own.person}
    people |= {name: members[name].person for name in ("Inès Roux", "Ève Visa")}
    tokens = {name: make_token(work, person, "essai")[0] for name, person in people.items()}
    base, refs = f"/api/v1/alliances/{envelope.alliance.ref}/signature", [party.ref for party in envelope.alliance.parties]
    work.commit()

    def call(who: str, method: str, path: str, body: object = None, data: bytes | None = None) -> Any:
        headers = {"Authorization": f"Bearer {tokens[who]}"}
        return client.open(base + path, method=method, json=body, data=data, headers=headers)

    assert call("own", "PUT", "/order", {"ranks": {}}).status_code == 403
    assert call("leader", "PUT", "/order", {"ranks": {refs[0]: 1}}).status_code == 422
    told = call("leader", "PUT", "/order", {"ranks": dict(zip(refs, (2, 1, 1), strict=True))}).json
    assert [one["rank"] for one in told] == [2, 1, 1]
    proofs = f"/signatories/{own.ref}/proofs"
    assert call("leader", "POST", f"{proofs}?kind=delegation", data=PDF).status_code == 403
    assert call("own", "POST", f"{proofs}?kind=delegation", data=b"GIF89a").json["fields"]["file"]
    proof = call("own", "POST", f"{proofs}?kind=delegation&name=acte", data=PDF)
    assert (proof.status_code, proof.json["filename"], proof.json["mime"]) == (201, "acte.pdf", "application/pdf")
    assert call("leader", "GET", f"{proofs}/{proof.json['ref']}").headers["Content-Disposition"].startswith("attachment")
    delegation = {"member": members["Inès Roux"].id, "proof": proof.json["ref"]}
    assert call("own", "PUT", f"/signatories/{own.ref}/delegation", {"proof": proof.json["ref"]}).status_code == 422
    assert call("Inès Roux", "PUT", f"/signatories/{own.ref}/delegation", delegation).status_code == 403
    assert call("own", "PUT", f"/signatories/{own.ref}/delegation", delegation).json["delegate_of"] == "Paul Étienne"
    assert call("own", "DELETE", f"{proofs}/{proof.json['ref']}").status_code == 409
    visa = {"member": members["Ève Visa"].id}
    assert call("own", "PUT", f"/parties/{refs[0]}/approver", visa).status_code == 403
    assert call("own", "PUT", f"/parties/{refs[1]}/approver", visa).json["status"] == "awaited"
    assert call("leader", "POST", "/send").status_code == 200
    prepared = {one["party"]: one for one in call("leader", "GET", "/preparation").json}
    assert [one["who"] for one in prepared[refs[1]]["waits"]] == [["Ève Visa"]]
    assert ["Inès Roux"] in [one["who"] for one in prepared[refs[0]]["waits"]]
    assert call("leader", "POST", "/mine/reading").json["missing"]
    assert call("leader", "GET", "/visa").status_code == 403
    assert call("Ève Visa", "POST", "/visa/refusal", {"reason": "Le budget manque."}).json["status"] == "refused"
    given = call("Ève Visa", "POST", "/visa/approval").json
    assert (given["status"], given["documents"]) == ("approved", list(envelope.fingerprints))
    assert call("Inès Roux", "POST", "/mine/reading").json["signatory"]["status"] == "opened"
    assert call("own", "DELETE", f"/signatories/{own.ref}/delegation").status_code == 204
    assert call("own", "DELETE", f"/parties/{refs[1]}/approver").status_code == 204
    assert work.session.query(AuthorityProof).count() == 1
