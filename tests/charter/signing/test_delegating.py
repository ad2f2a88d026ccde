"""Proofs of authority and delegation: what is kept, who may, what the documents, the sentence, the stamp and the journal then say."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest

from charter.accounts.services import actor_of
from charter.alliances.models import Member
from charter.alliances.services import enrol
from charter.errors import Conflict, Forbidden, Gone, Invalid, NotFound, Refused
from charter.i18n import speaking
from charter.journal import services as journal
from charter.signing import sealing, services
from charter.signing.models import AuthorityProof, Envelope, ProofKind, Signatory
from charter.signing.services import Choice
from charter.signing.services.proofs import safe_name
from charter.work import Work
from tests import factories as kernel
from tests.charter.signing import factories as make
from workflows.roles import Role
from workflows.signing import SignatoryStatus

Drain = Callable[[], int]
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 20 + b"IEND\xaeB\x60\x82"
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 20 + b"\xff\xd9"


def of_party(work: Work, signatory: Signatory) -> Work:
    """The same work, acted in by the party's first member, who is referent and signs."""
    return work.by(actor_of(signatory.party.members[0].person))


def joined(
    work: Work, signatory: Signatory, kind: ProofKind = ProofKind.delegation, content: bytes = PDF, name: str = "acte.pdf"
) -> AuthorityProof:
    here = of_party(work, signatory)
    return services.join_proof(here, signatory, kind, services.keep_proof(here, name, content))


def colleague(work: Work, signatory: Signatory, name: str = "Inès Roux", title: str = "directrice déléguée") -> Member:
    return enrol(work, signatory.party, kernel.person(work, name), [Role.signatory.value], title)


def delegated(work: Work, signatory: Signatory, member: Member | None = None) -> Member:
    chosen = member or colleague(work, signatory)
    services.delegate(of_party(work, signatory), signatory, Choice(chosen.id), joined(work, signatory))
    return chosen


def facts(work: Work, envelope: Envelope, kind: str) -> list[dict[str, object]]:
    return [fact.payload for fact in journal.facts(work, envelope.alliance_id) if fact.type == kind]


@pytest.mark.parametrize(
    ("content", "mime", "kept"), [(PDF, "application/pdf", "a.pdf"), (PNG, "image/png", "a.png"), (JPEG, "image/jpeg", "a.jpg")]
)
def test_a_file_is_known_by_its_bytes(work: Work, envelope: Envelope, content: bytes, mime: str, kept: str) -> None:
    proof = joined(work, envelope.signatories[0], ProofKind.statutes, content, "a.PDF")
    assert (proof.mime, proof.filename, proof.size, work.storage.get(proof.sha256)) == (mime, kept, len(content), content)
    assert proof.added_by == envelope.alliance.parties[0].members[0].person_id
    assert facts(work, envelope, "signature.authority_joined")[0]["sha256"] == proof.sha256


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><script>alert(1)</script></html>",
        b"MZ" + b"\x00" * 90,
        PDF[:20],
        b"GIF89a%PDF-1.7 %%EOF",
        PDF + b"\x00" * (10 * 1024**2),
    ],
)
def test_anything_else_is_refused_with_the_mend(work: Work, content: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        services.keep_proof(work, "piece.pdf", content)
    assert list(refusal.value.fields) == ["file"]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\dossier\\Délibération n° 14.pdf", "Délibération n° 14.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie x.pdf"),
        ("\u202efdp.exe", "fdp.exe.pdf"),
        ("", "piece.pdf"),
        ("x" * 300 + ".pdf", "x" * 120 + ".pdf"),
    ],
)
def test_a_name_is_made_safe(sent: str, kept: str) -> None:
    assert safe_name(sent, "application/pdf") == kept


def test_proofs_are_the_partys_own_until_it_has_signed(work: Work, envelope: Envelope) -> None:
    own, other = envelope.signatories[0], envelope.signatories[1]
    first = joined(work, own, ProofKind.mandate)
    assert joined(work, own, ProofKind.mandate) is first
    assert joined(work, own, ProofKind.statutes) is not first
    file = services.keep_proof(work, "a.pdf", PDF)
    for here in (of_party(work, other), work.by(actor_of(envelope.alliance.facilitators[0].person))):
        with pytest.raises(Forbidden):
            services.join_proof(here, own, ProofKind.other, file)
        with pytest.raises(Forbidden):
            services.withdraw_proof(here, first)
    services.send(of_party(work, own), envelope)
    services.withdraw_proof(of_party(work, own), first)
    assert [one.kind for one in own.proofs] == [ProofKind.statutes]
    assert facts(work, envelope, "signature.authority_withdrawn")[0]["kind"] == "mandate"
    with pytest.raises(NotFound):
        services.proof_of(other, own.proofs[0].ref)
    make.sign(work, own)
    for act in (lambda: joined(work, own, ProofKind.other), lambda: services.withdraw_proof(of_party(work, own), own.proofs[0])):
        with pytest.raises(Conflict):
            act()
    services.void(of_party(work, own), envelope, "Une clause manque.")
    with pytest.raises(Gone):
        joined(work, other, ProofKind.other)


def test_a_delegate_signs_and_the_holder_stays_printed(work: Work, envelope: Envelope, drain: Drain, outgoing: list[EmailMessage]) -> None:
    own = envelope.signatories[0]
    holder, member = own.person, colleague(work, own)
    delegated(work, own, member)
    assert (own.name, own.title, own.delegate_of, own.delegate_of_title) == (
        "Inès Roux",
        "directrice déléguée",
        *make.NAMES[:1],
        make.TITLES[0],
    )
    services.send(work.by(actor_of(holder)), envelope)
    with speaking("fr"):
        assert "Moi, Inès Roux, directrice déléguée, par délégation d’Amina Benali, je déclare" in services.sentence(own)
    for person in (holder,):
        with pytest.raises(Forbidden, match="attendue de"):
            services.mine(envelope, person, own.party)
    order = sealing._said(own)
    assert order == (
        "Lu et approuvé pour Les Passerelles de l’emploi, par délégation d’Amina Benali",
        "directrice déléguée, par délégation d’Amina Benali",
    )
    work.commit()
    drain()
    assert [one["To"].addresses[0].display_name for one in outgoing if one["Subject"].startswith("À signer")].count("Inès Roux") == 1
    assert all(one["To"].addresses[0].addr_spec != holder.email for one in outgoing if one["Subject"].startswith("À signer"))


def test_a_delegate_starts_from_the_reading(work: Work, envelope: Envelope, drain: Drain, outgoing: list[EmailMessage]) -> None:
    own = envelope.signatories[1]
    holder = own.person
    services.send(of_party(work, envelope.signatories[0]), envelope)
    here = make.acting(work, own)
    services.open_documents(here, own)
    services.send_code(here, own)
    code = make.code_of(work, own)
    services.identify(here, own, code)
    sentence = services.sentence(own)
    member = delegated(work, own)
    assert (own.status, own.opened_at, own.identified_at) == (SignatoryStatus.waiting, None, None)
    with pytest.raises(Forbidden):
        services.confirm(work.by(actor_of(holder)), own, sentence)
    mine = work.by(actor_of(member.person))
    assert not services.identified(work, own)
    assert len(services.unread(work, own)) == 2
    with pytest.raises((Gone, Refused)):
        services.confirm(mine, own, services.sentence(own))
    make.sign(work, own)
    told = facts(work, envelope, "signature.delegated")
    assert (told[0]["holder"], told[0]["former"], told[0]["person"]) == (str(holder.id), str(holder.id), str(member.person_id))
    work.commit()
    drain()
    assert own.status == SignatoryStatus.sealing or own.signed_at is None


def test_the_holder_takes_back_and_delegates_again(work: Work, envelope: Envelope, drain: Drain, outgoing: list[EmailMessage]) -> None:
    own = envelope.signatories[1]
    holder, printed = own.person, own.printed
    services.send(of_party(work, envelope.signatories[0]), envelope)
    first = delegated(work, own)
    here = work.by(actor_of(holder))
    with pytest.raises(Invalid):
        services.delegate(here, own, Choice(first.id), joined(work, own))
    second = colleague(work, own, "Marc Aubry", "secrétaire général")
    services.delegate(here, own, Choice(second.id), joined(work, own))
    assert (own.name, own.printed) == ("Marc Aubry", printed)
    services.end_delegation(here, own)
    assert (own.person_id, own.name, own.title, own.delegate_of, own.holder_id) == (holder.id, *printed, "", None)
    with pytest.raises(Refused):
        services.end_delegation(here, own)
    work.commit()
    drain()
    asked = [one["To"].addresses[0].display_name for one in outgoing if one["Subject"].startswith("À signer")]
    assert asked.count(holder.display_name) == 1 and len(asked) == 3  # those to whom it was given in between are asked nothing any more
    make.sign(work, own)


def test_a_delegation_needs_its_own_proof(work: Work, envelope: Envelope) -> None:
    own, other = envelope.signatories[0], envelope.signatories[1]
    member, here = colleague(work, own), of_party(work, own)
    for proof in (joined(work, own, ProofKind.mandate), joined(work, other)):
        with pytest.raises(Invalid) as refusal:
            services.delegate(here, own, Choice(member.id), proof)
        assert list(refusal.value.fields) == ["proof"]
    used = joined(work, own)
    services.delegate(here, own, Choice(member.id), used)
    services.end_delegation(here, own)
    with pytest.raises(Invalid):
        services.delegate(here, own, Choice(member.id), used)
    services.delegate(here, own, Choice(member.id), joined(work, own))
    with pytest.raises(Refused):
        services.withdraw_proof(here, own.proofs[-1])


def test_only_the_holder_or_the_referent_delegates_to_whom_may_sign(work: Work, envelope: Envelope) -> None:
    own = envelope.signatories[0]
    member, proof, here = colleague(work, own), joined(work, own), of_party(work, own)
    for outside in (member.person, envelope.signatories[1].person, envelope.alliance.facilitators[0].person):
        with pytest.raises(Forbidden):
            services.delegate(work.by(actor_of(outside)), own, Choice(member.id), proof)
    reader = enrol(work, own.party, kernel.person(work, "Lecteur"), [Role.observer.value], "lecteur")
    for choice, field in (
        (Choice(reader.id), "member"),
        (Choice(None, "Lecteur", reader.person.email), "email"),
        (Choice(envelope.alliance.parties[1].members[0].id), "member"),
        (Choice(None, "Paul Étienne", envelope.signatories[1].email, "x"), "email"),
        (Choice(None, "Neuf", "pas une adresse", "directeur"), "email"),
        (Choice(), "member"),
    ):
        with pytest.raises(Invalid) as refusal:
            services.delegate(here, own, choice, proof)
        assert list(refusal.value.fields) == [field]
    services.delegate(here, own, Choice(None, "Luc Neuf", "luc@exemple.test", "adjoint"), proof)
    assert (own.name, own.email, own.title, own.person.email) == ("Luc Neuf", "luc@exemple.test", "adjoint", "luc@exemple.test")
    assert own.party.members[-1].roles == [Role.signatory.value]


def test_nobody_both_gives_the_visa_and_signs(work: Work, envelope: Envelope) -> None:
    own = envelope.signatories[0]
    member, here = colleague(work, own), of_party(work, own)
    services.ask_visa(here, envelope, own.party, Choice(member.id))
    with pytest.raises(Refused):
        services.delegate(here, own, Choice(member.id), joined(work, own))
    services.lift_visa(here, envelope, own.party)
    delegated(work, own, member)
    with pytest.raises(Invalid):
        services.ask_visa(here, envelope, own.party, Choice(member.id))


def test_choosing_the_printed_person_again_ends_the_delegation(work: Work, envelope: Envelope) -> None:
    own, here = envelope.signatories[0], of_party(work, envelope.signatories[0])
    holder = own.party.members[0]
    member = delegated(work, own)
    with pytest.raises(Refused, match="refaites les documents"):
        services.choose_signatory(here, envelope, own.party, member.id)
    services.choose_signatory(here, envelope, own.party, holder.id)
    assert (own.name, own.delegate_of, len(facts(work, envelope, "signature.delegation_ended"))) == (make.NAMES[0], "", 1)


def test_nothing_is_delegated_once_signed(work: Work, envelope: Envelope) -> None:
    own = envelope.signatories[0]
    member, proof = colleague(work, own), joined(work, own)
    services.send(of_party(work, own), envelope)
    make.sign(work, own)
    with pytest.raises(Conflict):
        services.delegate(of_party(work, own), own, Choice(member.id), proof)
