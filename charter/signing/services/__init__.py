"""The signature's verbs: prepare and send the envelope; read, identify, sign or decline; take back, remind; what was signed.

A person's part, acted in by that person (`work.by(actor)`): open_documents, send_code, identify (with the code), confirm (with `sentence`).
"""

from charter.signing.services.approving import ask_visa, give_visa, lift_visa, may_ask_visa, may_lift_visa, my_visa, refuse_visa
from charter.signing.services.ceremony import AlreadySigned, confirm, decline, mine, sentence
from charter.signing.services.codes import WrongCode, digits
from charter.signing.services.copies import ask_copy, copies_of, copy_of, copy_token, remove_copy
from charter.signing.services.deadlines import extend, extension, overdue
from charter.signing.services.delegating import delegate, end_delegation, may_delegate
from charter.signing.services.documents import SignedDocument, completed, describe, document_of, evidence, keep_evidence, signed_documents
from charter.signing.services.ending import void, withdraw
from charter.signing.services.envelopes import by_ref, current, departed, facts, signatory_of, signatory_seen, signature_field, the_current
from charter.signing.services.identifying import ask_passkey, identify, identify_by_passkey, send_code
from charter.signing.services.identity import identification, identified, proved
from charter.signing.services.ordering import set_order
from charter.signing.services.people import Choice
from charter.signing.services.preparing import choose_signatory, open_envelope, send, set_deadline
from charter.signing.services.proofs import (
    MAX_PROOF,
    ProofFile,
    acts_for_party,
    join_proof,
    keep_proof,
    open_to_change,
    proof_of,
    with_proofs,
    withdraw_proof,
)
from charter.signing.services.reading import finish_reading, open_documents, read_to_end, readings, unread
from charter.signing.services.recalling import choose_reminders, policy_of
from charter.signing.services.reminding import remind, remind_everyone
from charter.signing.services.turns import approver_of, check_turn, turn_of

__all__ = [
    "MAX_PROOF",
    "AlreadySigned",
    "Choice",
    "ProofFile",
    "SignedDocument",
    "WrongCode",
    "acts_for_party",
    "approver_of",
    "ask_copy",
    "ask_passkey",
    "ask_visa",
    "by_ref",
    "check_turn",
    "choose_reminders",
    "choose_signatory",
    "completed",
    "confirm",
    "copies_of",
    "copy_of",
    "copy_token",
    "current",
    "decline",
    "delegate",
    "departed",
    "describe",
    "digits",
    "document_of",
    "end_delegation",
    "evidence",
    "extend",
    "extension",
    "facts",
    "finish_reading",
    "give_visa",
    "identification",
    "identified",
    "identify",
    "identify_by_passkey",
    "join_proof",
    "keep_evidence",
    "keep_proof",
    "lift_visa",
    "may_ask_visa",
    "may_delegate",
    "may_lift_visa",
    "mine",
    "my_visa",
    "open_documents",
    "open_envelope",
    "open_to_change",
    "overdue",
    "policy_of",
    "proof_of",
    "proved",
    "read_to_end",
    "readings",
    "refuse_visa",
    "remind",
    "remind_everyone",
    "remove_copy",
    "send",
    "send_code",
    "sentence",
    "set_deadline",
    "set_order",
    "signatory_of",
    "signatory_seen",
    "signature_field",
    "signed_documents",
    "the_current",
    "turn_of",
    "unread",
    "void",
    "with_proofs",
    "withdraw",
    "withdraw_proof",
]
