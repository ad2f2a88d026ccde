"""The evidence file (« dossier de preuve »): what the service saw while the envelope was signed, and what the signed files themselves say.

gathering   what the database knows, in one transaction
people      each signatory: capacity, authority, identification, consent
words       each article, from who proposed it to the signature
files       what is read from the signed files, outside any transaction: messages, timestamps, the articles they carry
statements  what it proves, and what it does not
printing    the PDF, certified and timestamped by the service
bundle      everything in one ZIP, with a program that checks it
"""

from charter.signing.evidence.gathering import FORMAT, TOLD, Evidence, gather
from charter.signing.evidence.plain import canonical, instant, sha256

__all__ = ["FORMAT", "TOLD", "Evidence", "canonical", "gather", "instant", "sha256"]
