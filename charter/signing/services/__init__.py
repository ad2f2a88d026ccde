"""The signature's verbs: prepare and send the envelope; read, identify, sign or decline; take back, remind; what was signed.

A person's part, acted in by that person (`work.by(actor)`): open_documents, send_code, identify (with the code), confirm (with `sentence`).
"""

from charter.signing.services.ceremony import AlreadySigned, confirm, decline, mine, sentence
from charter.signing.services.codes import WrongCode, digits
from charter.signing.services.copies import ask_copy, copies_of, copy_of, copy_token, remove_copy
from charter.signing.services.deadlines import extend, extension, overdue
from charter.signing.services.documents import SignedDocument, completed, describe, document_of, evidence, keep_evidence, signed_documents
from charter.signing.services.ending import void, withdraw
from charter.signing.services.envelopes import by_ref, current, departed, facts, signatory_of, signature_field, the_current
from charter.signing.services.identifying import ask_passkey, identify, identify_by_passkey, send_code
from charter.signing.services.identity import identification, identified, proved
from charter.signing.services.preparing import choose_signatory, open_envelope, send, set_deadline
from charter.signing.services.reading import finish_reading, open_documents, read_to_end, readings, unread
from charter.signing.services.recalling import choose_reminders, policy_of
from charter.signing.services.reminding import remind, remind_everyone

__all__ = [
    "AlreadySigned",
    "SignedDocument",
    "WrongCode",
    "ask_copy",
    "ask_passkey",
    "by_ref",
    "choose_reminders",
    "choose_signatory",
    "completed",
    "confirm",
    "copies_of",
    "copy_of",
    "copy_token",
    "current",
    "decline",
    "departed",
    "describe",
    "digits",
    "document_of",
    "evidence",
    "extend",
    "extension",
    "facts",
    "finish_reading",
    "identification",
    "identified",
    "identify",
    "identify_by_passkey",
    "keep_evidence",
    "mine",
    "open_documents",
    "open_envelope",
    "overdue",
    "policy_of",
    "proved",
    "read_to_end",
    "readings",
    "remind",
    "remind_everyone",
    "remove_copy",
    "send",
    "send_code",
    "sentence",
    "set_deadline",
    "signatory_of",
    "signature_field",
    "signed_documents",
    "the_current",
    "unread",
    "void",
    "withdraw",
]
