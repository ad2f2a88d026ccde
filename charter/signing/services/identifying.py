"""« S’identifier » : by a code mailed to the signatory's address, always possible, or by a passkey of theirs."""

from __future__ import annotations

from typing import Any

from charter.alliances.announce import announce
from charter.alliances.models import Alliance
from charter.errors import CharterError, Gone, Invalid, TooMany
from charter.signing.models import Code, Signatory
from charter.signing.provider.choice import signed_here
from charter.signing.services import codes, passkeys
from charter.signing.services.ceremony import enter, note, times
from charter.signing.services.lasting import check_lasting
from charter.signing.services.reading import check_read
from charter.signing.services.turns import turn_facts
from charter.work import Work
from workflows.base import N_, fire
from workflows.events import SignatoryIdentified
from workflows.signing import SignatoryChart, SignatoryStatus

REFUSALS_NOTED = 20
"""So that the evidence cannot be drowned in refused answers."""


def send_code(work: Work, signatory: Signatory, address: str = "", browser: str = "") -> Code:
    """Mails a new code; those before are worth nothing any more. Raises TooMany, Invalid before reading, Forbidden, Gone, Conflict."""
    enter(work, signatory)
    signed_here(work, signatory.envelope)
    check_lasting(work, signatory.envelope)
    check_read(work, signatory)
    fire(SignatoryChart, signatory, "send_code", turn_facts(signatory))
    code = codes.issue(work, signatory)
    note(work, signatory, "code_sent", address, browser, signatory.email)
    return code


def identify(work: Work, signatory: Signatory, code: str, address: str = "", browser: str = "") -> None:
    """The person types the code. When refused, what is flushed must still be committed: a try counts.

    Raises WrongCode (Invalid), TooMany after five, Gone for an old or used one, Forbidden, Conflict.
    """
    alliance = enter(work, signatory)
    if signatory.status != SignatoryStatus.identifying:
        raise Gone(N_("Ce code a déjà servi ou n’existe pas. Demandez-en un nouveau."))
    counted = codes.tries(work, signatory)
    try:
        codes.prove(work, signatory, code)
    except (Gone, Invalid, TooMany):
        if codes.tries(work, signatory) > counted:  # what counts as a try is kept, so the evidence cannot be drowned in them
            note(work, signatory, "code_wrong", address, browser)
        raise
    note(work, signatory, "code_right", address, browser)
    _identified(work, alliance, signatory, "code")


def ask_passkey(work: Work, signatory: Signatory) -> dict[str, Any]:
    """What the browser is asked of the person's passkey, for these documents (options in JSON).

    Raises Refused without a key, TooMany, Invalid before reading, Forbidden, Gone, Conflict.
    """
    enter(work, signatory)
    signed_here(work, signatory.envelope)
    check_lasting(work, signatory.envelope)
    check_read(work, signatory)
    return passkeys.issue(work, signatory)


def identify_by_passkey(work: Work, signatory: Signatory, answer: str, address: str = "", browser: str = "") -> None:
    """The person's passkey answered. When refused, what is flushed should still be committed: the evidence says so.

    Raises Gone (expired, served, other documents), Forbidden (not theirs), Refused (another signature's, does not hold), Conflict.
    """
    alliance = enter(work, signatory)
    try:
        proof = passkeys.prove(work, signatory, answer)
    except CharterError:
        if times(work, signatory, "passkey_wrong") < REFUSALS_NOTED:
            note(work, signatory, "passkey_wrong", address, browser)
        raise
    fire(SignatoryChart, signatory, "present_passkey", turn_facts(signatory))
    note(work, signatory, "passkey_right", address, browser, proof.key_name)
    _identified(work, alliance, signatory, "passkey")


def _identified(work: Work, alliance: Alliance, signatory: Signatory, method: str) -> None:
    signatory.identified_at = work.now()
    envelope, party = signatory.envelope, signatory.party
    announce(work, alliance, SignatoryIdentified(envelope=envelope.ref, signatory=signatory.ref, party=party.ref, method=method))
