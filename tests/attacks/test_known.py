"""Files of ours, cut: the platform knows what they were, and says what lacks without telling anybody's address."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from charter.signing import services as signing
from charter.signing.models import Envelope
from charter.work import Work
from tests.charter.signing import factories as make
from tests.charter.signing.conftest import envelope

__all__ = ["envelope"]
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
RANGE = re.compile(rb"/ByteRange\s*\[0 (\d+) (\d+) (\d+)\s*\]")


@pytest.fixture
def done(work: Work, envelope: Envelope, drain: Callable[[], int], outgoing: object) -> list[bytes]:
    """Every kept state of a charter all have signed."""
    signing.send(work.by(make.leader(envelope)), envelope)
    work.commit()
    for signatory in envelope.signatories:
        make.sign(work, signatory)
        work.commit()
        drain()
    work.session.expire_all()
    document = work.get(Envelope, envelope.id).documents[0]
    kept = [work.storage.get(one.sha256) for one in document.revisions]
    work.commit()
    return kept


def asked(client: FlaskClient, drain: Callable[[], int], pdf: bytes) -> tuple[dict[str, Any], str]:
    """What the API says in the end, and the page."""
    sent: Any = client.post("/api/v1/verifications", data=pdf, content_type="application/pdf").json
    drain()
    found: Any = client.get(f"/api/v1/verifications/{sent['sha256']}").json
    return found, client.get(f"/verifier/{sent['sha256']}").text


def test_a_cut_document_of_ours_lacks_what_the_platform_knows(client: FlaskClient, drain: Callable[[], int], done: list[bytes]) -> None:
    whole, page = asked(client, drain, done[-1])
    assert (whole["verdict"], whole["known"]["latest"], whole["known"]["missing"]) == ("valid", True, [])
    assert "@" not in re.sub(r"<(head|footer).*?</\1>", "", page, flags=re.DOTALL)

    cut, page = asked(client, drain, done[1])
    assert (cut["verdict"], cut["known"]["signed"], cut["known"]["latest"], cut["known"]["exact"]) == ("incomplete", 1, False, True)
    assert len(cut["known"]["missing"]) == 2
    assert "Il manque les signatures de" in cut["reasons"][0]
    assert "Il manque les signatures de" in page

    # Cut between the last signature and the archive timestamp: never a file of ours, every field signed.
    end = [int(found.group(2)) + int(found.group(3)) for found in RANGE.finditer(done[-1])][-2]
    unstamped, _ = asked(client, drain, done[-1][:end])
    assert (unstamped["verdict"], unstamped["known"]["exact"]) == ("incomplete", False)
    assert "Il manque l’horodatage d’archivage" in unstamped["reasons"][0]


def test_the_same_cut_elsewhere_tells_how_many_fields_lack(client: FlaskClient, drain: Callable[[], int], states: list[bytes]) -> None:
    found, _ = asked(client, drain, states[1])
    assert found["known"] is None
    assert "Il manque 2 signatures sur 3 : Signature de Organisation 1, Signature de Organisation 2" in found["reasons"][0]
