"""From a draft envelope to files everybody signed."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

from charter.adapters.clock import FixedClock
from charter.adapters.signer import Verdict, verify
from charter.signing import services
from charter.signing.models import Envelope
from charter.signing.sealer import sealer
from charter.work import Work
from tests.charter.signing import factories as make
from workflows.lifecycle import AllianceStatus
from workflows.signing import EnvelopeStatus, SignatoryStatus

Drain = Callable[[], int]


def test_three_people_sign_two_documents(
    work: Work, envelope: Envelope, drain: Drain, outgoing: list[EmailMessage], clock: FixedClock
) -> None:
    services.send(work.by(make.leader(envelope)), envelope)
    work.commit()
    for signatory in envelope.signatories:
        make.sign(work, signatory)
        work.commit()
        drain()
        work.session.refresh(signatory)
        assert signatory.status == SignatoryStatus.signed
    work.session.refresh(envelope)
    assert envelope.status == EnvelopeStatus.completed
    assert envelope.alliance.status == AllianceStatus.evaluation
    signed = services.signed_documents(work, envelope.alliance)
    assert [(one.kind, one.name, one.complete) for one in signed] == [("charter", "charte.pdf", True), ("contract", "contrat.pdf", True)]
    for document in signed:
        found = verify(work.storage.get(document.sha256), now=clock.now(), trust=sealer(work.settings, clock.now()).trust(clock.now()))
        assert found.verdict is Verdict.VALID
        assert [(one.name, one.level) for one in found.signatures[1:]] == [(name, "B-LTA") for name in make.NAMES]
    from charter.adapters.outbox import Outbox

    print([(r.name, r.last_error) for r in work.session.query(Outbox).all() if r.last_error])
    print([(m["Subject"], m["To"]) for m in outgoing])
    open("/tmp/preuve.json", "wb").write(services.evidence(work, envelope, "json"))
    open("/tmp/preuve.pdf", "wb").write(services.evidence(work, envelope, "pdf"))
    open("/tmp/charte.pdf", "wb").write(work.storage.get(signed[0].sha256))
    for m in outgoing:
        open("/tmp/mails.txt", "a").write(m["Subject"] + "\n" + m.get_body(("plain",)).get_content() + "\n=======\n")
