"""Taking an authority's keys out, encrypted, and bringing them back: one PKCS #12 file (RFC 7292) a credential, that any other tool opens.

    <role>.p12              key and certificate, under the password given (PBES2, AES-256, HMAC SHA-256)
    <role>.pem              the certificate alone, when the key is in a token
    former/…                the same of those that came before
    revoked.json            as it is kept: it is public

Nothing here is ever written over what is in service: a credential replaced by another joins the former ones.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat, load_pem_private_key, pkcs12

from charter.adapters.signer.certificates import Credential
from charter.adapters.signer.custody import ROLES
from charter.adapters.signer.errors import KeyTrouble
from charter.adapters.signer.files import write_new
from charter.adapters.signer.keyring import FORMER, REVOKED, Keyring
from workflows.base import N_

ROUNDS = 600_000
"""Of PBKDF2, so that guessing the password costs."""
_KEY = b"PRIVATE KEY-----"


@dataclass(frozen=True, slots=True)
class Brought:
    """What an import did: files put in place, and those that were there already."""

    placed: tuple[str, ...]
    known: tuple[str, ...]


def take_out(ring: Keyring, folder: Path, password: str) -> tuple[str, ...]:
    """Writes every credential in `folder` (made 0700, files 0600), and returns their names. Raises KeyTrouble, OSError, ValueError.

    A file that is there is left alone and refused: two exports never mix.
    """
    sources = list(_sources(ring))
    if not sources:
        raise KeyTrouble(N_("%(path)s ne tient aucune clé : rien n’a encore été signé ici."), path=ring.directory)
    if folder.exists() and any(folder.iterdir()):
        raise KeyTrouble(N_("%(path)s n’est pas vide. Donnez un dossier neuf : deux exports ne se mélangent pas."), path=folder)
    for part in (folder, folder / FORMER):
        part.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.chmod(0o700)
    written = []
    for name, content in sources:
        kept = _KEY in content
        path = folder / (str(Path(name).with_suffix(".p12")) if kept else name)
        if not write_new(path, _encrypted(name, content, password) if kept else content):
            raise FileExistsError(path)
        written.append(str(path.relative_to(folder)))
    return tuple(written)


def bring_back(ring: Keyring, folder: Path, password: str, *, replace: bool) -> Brought:
    """Puts an export's credentials in service. Nothing is written unless all of them are good, and under one root.

    Raises KeyTrouble: wrong password, key and certificate that are not a pair, or, without `replace`, another credential in service.
    """
    found = dict(_read(folder, password))
    roles = {f"{role}.pem" for role in ROLES} & set(found)
    if not roles:
        raise KeyTrouble(N_("%(path)s ne tient aucune clé exportée par « charte keys export »."), path=folder)
    _require_one_root(ring, found)
    others = [name for name in roles if (ring.directory / name).exists() and (ring.directory / name).read_bytes() != found[name]]
    if others and not replace:
        text = N_("D’autres clés sont en service (%(roles)s). Ajoutez --replace : elles rejoindront les anciennes, sans être perdues.")
        raise KeyTrouble(text, roles=", ".join(sorted(Path(name).stem for name in others)))
    ring.prepare()
    with ring.alone():
        placed = [name for name in sorted(found, key=_order) if _place(ring, name, found[name])]
    return Brought(tuple(placed), tuple(sorted(set(found) - set(placed))))


def _sources(ring: Keyring) -> Iterator[tuple[str, bytes]]:
    for path in (*(ring.path(role) for role in ROLES), *sorted((ring.directory / FORMER).glob("*.pem")), ring.directory / REVOKED):
        if path.exists():
            yield str(path.relative_to(ring.directory)), path.read_bytes()


def _encrypted(name: str, content: bytes, password: str) -> bytes:
    key = load_pem_private_key(content, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{name}: not an elliptic curve key")
    builder = PrivateFormat.PKCS12.encryption_builder().kdf_rounds(ROUNDS)
    builder = builder.key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC).hmac_hash(hashes.SHA256())
    certificate = x509.load_pem_x509_certificate(content)
    return pkcs12.serialize_key_and_certificates(Path(name).stem.encode(), key, certificate, None, builder.build(password.encode()))


def _read(folder: Path, password: str) -> Iterator[tuple[str, bytes]]:
    """Name in the keyring and content of each file of an export."""
    for path in sorted([*folder.glob("*.p12"), *folder.glob(f"{FORMER}/*.p12")]):
        yield str(path.relative_to(folder).with_suffix(".pem")), _opened(path, password).pem()
    for path in sorted([*folder.glob("*.pem"), *folder.glob(f"{FORMER}/*.pem")]):
        yield str(path.relative_to(folder)), x509.load_pem_x509_certificate(path.read_bytes()).public_bytes(Encoding.PEM)
    if (folder / REVOKED).exists():
        yield REVOKED, _register(folder / REVOKED)


def _register(path: Path) -> bytes:
    content = path.read_bytes()
    try:
        Keyring.rows(content)
    except ValueError as error:
        raise KeyTrouble(N_("%(path)s est abîmé : rien n’a été mis en place."), path=path) from error
    return content


def _opened(path: Path, password: str) -> Credential:
    try:
        key, certificate, _others = pkcs12.load_key_and_certificates(path.read_bytes(), password.encode())
    except ValueError as error:
        raise KeyTrouble(N_("%(path)s : ce n’est pas le mot de passe de cet export, ou le fichier est abîmé."), path=path) from error
    if certificate is None or not isinstance(key, ec.EllipticCurvePrivateKey):
        raise KeyTrouble(N_("%(path)s ne tient pas une clé d’autorité et son certificat."), path=path)
    try:
        return Credential.of(key, certificate)
    except ValueError as error:
        raise KeyTrouble(N_("%(path)s : la clé n’est pas celle du certificat."), path=path) from error


def _require_one_root(ring: Keyring, found: dict[str, bytes]) -> None:
    """Everything to be in service is under the root to be in service."""
    content = found.get("root.pem") or (ring.path("root").read_bytes() if ring.path("root").exists() else b"")
    if not content:
        raise KeyTrouble(N_("Il manque la racine : les autres clés ne valent que sous elle."))
    root = x509.load_pem_x509_certificate(content)
    for role in ROLES[1:]:
        given = found.get(f"{role}.pem")
        if given is not None and x509.load_pem_x509_certificate(given).issuer != root.subject:
            raise KeyTrouble(N_("« %(role)s » n’a pas été délivré par cette racine : prenez tout du même export."), role=role)


def _place(ring: Keyring, name: str, content: bytes) -> bool:
    """Whether something changed."""
    path = ring.directory / name
    if path.exists() and path.read_bytes() == content:
        return False
    if name.startswith(f"{FORMER}{os.sep}"):
        return ring.keep_former(Path(name).name, content)
    if name == REVOKED:
        return _merge_revoked(ring, content)
    ring.replace(path.stem, content)
    return True


def _merge_revoked(ring: Keyring, content: bytes) -> bool:
    """What was revoked anywhere stays revoked."""
    here = ring.revoked()
    known = {(one.issuer, one.serial) for one in here}
    brought = [one for one in Keyring.rows(content) if (one.issuer, one.serial) not in known]
    if brought:
        ring.write_revoked(sorted((*here, *brought), key=lambda one: one.at))
    return bool(brought)


def _order(name: str) -> tuple[bool, str]:
    """The root first: the others are remade as soon as they are seen under another."""
    return name != "root.pem", name
