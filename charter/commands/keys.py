"""`charte keys`: the certification authority's keys, shown, renewed by hand, taken out, brought back; a certificate revoked."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click
from cryptography import x509

from charter.adapters.signer import KeyTrouble, SignerUnavailable
from charter.adapters.signer.custody import ROLES
from charter.adapters.signer.exchange import bring_back, take_out
from charter.adapters.signer.inventory import KeyFact, inventory
from charter.adapters.signer.keyring import Keyring
from charter.config import Settings, load
from charter.i18n import gettext
from charter.logs import configure
from charter.signing import certificates
from charter.signing.sealer import custody, sealer
from charter.work import Engine

PURPOSES = {
    "root": "racine, dont tout dépend",
    "issuing": "délivre les certificats des signataires",
    "timestamping": "horodate",
    "platform": "certifie les documents",
}
REASONS = ("unspecified", "keyCompromise", "affiliationChanged", "superseded", "cessationOfOperation", "privilegeWithdrawn")
MIN_PASSWORD = 12
FOLDER = click.Path(file_okay=False, path_type=Path)
PASSWORD_FILE = click.option(
    "--password-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Read the password there instead of asking."
)


@click.group()
def keys() -> None:
    """The certification authority's keys."""


@keys.command()
def show() -> None:
    """Show each key: certificate, fingerprint, validity, where it is kept, next renewal (exit 1 when one cannot be used)."""
    settings = checked_settings()
    with told():
        found = inventory(settings.keys_dir, custody(settings))
    if not found:
        click.echo(f"aucune clé dans {settings.keys_dir} : elles seront créées au premier démarrage")
        return
    for fact in found:
        _show(settings, fact)
    _show_seal(settings)
    trouble = _trouble(settings)
    if trouble:
        raise click.ClickException(trouble)


@keys.command()
@click.argument("role", type=click.Choice(ROLES))
@click.option("--yes", is_flag=True, help="Do not ask.")
def rotate(role: str, yes: bool) -> None:
    """Give a role a new key. The former one is kept: what it signed stays valid. A new root has everything else made anew."""
    settings = checked_settings()
    if role == "root" and not yes:
        click.confirm("Une nouvelle racine doit être annoncée à toutes les parties. La créer ?", abort=True)
    with told():
        made = sealer(settings, _now()).authority.rotate(role, _now())
    click.echo(f"{role} : nouvelle clé, certificat {made.certificate.serial_number:X} ; l’ancienne est gardée pour vérifier")
    if role == "root":
        click.echo("Annoncez la nouvelle empreinte aux parties par un autre chemin que le service : « charte keys show ».")


@keys.command("export")
@click.argument("folder", type=FOLDER)
@PASSWORD_FILE
def export_keys(folder: Path, password_file: Path | None) -> None:
    """Write every key in a new folder, encrypted under a password (PKCS #12, one file a key)."""
    settings = checked_settings()
    password = _password(password_file, new=True)
    with told():
        written = take_out(Keyring(settings.keys_dir), folder, password)
    for name in written:
        click.echo(folder / name)
    if any(name.endswith(".pem") and not name.startswith("former") for name in written):
        click.echo("Les clés gardées dans un jeton n’en sortent pas : sauvegardez-les avec l’outil de son fabricant.")


@keys.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@PASSWORD_FILE
@click.option("--replace", is_flag=True, help="Put them in the place of other keys, which are kept as former ones.")
def import_keys(folder: Path, password_file: Path | None, replace: bool) -> None:
    """Put an export's keys in service. Done again, it changes nothing."""
    settings = checked_settings()
    password = _password(password_file, new=False)
    with told():
        done = bring_back(Keyring(settings.keys_dir), folder, password, replace=replace)
    for name in done.placed:
        click.echo(settings.keys_dir / name)
    click.echo(f"{len(done.placed)} mis en place, {len(done.known)} déjà là")


@keys.command()
@click.argument("serial")
@click.option("--reason", type=click.Choice(REASONS), default="superseded", show_default=True)
@click.option(
    "--certificate",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The certificate (PEM), when no kept document bears it.",
)
def revoke(serial: str, reason: str, certificate: Path | None) -> None:
    """Put a signatory's certificate, issued wrongly, on the authority's revocation list."""
    settings = checked_settings()
    engine = Engine(settings)
    number = serial.replace(":", "").replace(" ", "").upper().lstrip("0")
    with told(), engine.work(write=False) as work:
        pem = certificate.read_text() if certificate else certificates.by_serial(work, number)
        if not pem:
            raise click.ClickException(f"aucun document gardé ici ne porte le certificat {number} : donnez-le avec --certificate")
        found = x509.load_pem_x509_certificate(pem.encode())
        if f"{found.serial_number:X}" != number:
            raise click.ClickException(f"{certificate} est le certificat {found.serial_number:X}, pas {number}")
        done = sealer(settings, _now()).authority.revoke(found, _now(), x509.ReasonFlags[_snake(reason)].value)
    click.echo(f"{number} : {'révoqué' if done else 'déjà révoqué'}")


def checked_settings(log_level: str = "") -> Settings:
    """The settings, told without a traceback when one cannot be used; logs at their level, or at `log_level`."""
    try:
        settings = load()
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    configure(replace(settings, log_level=log_level or settings.log_level))
    return settings


def _now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def told() -> Iterator[None]:
    """What is refused is said without a traceback."""
    try:
        yield
    except SignerUnavailable as error:
        raise click.ClickException(said(error)) from error
    except FileExistsError as error:
        raise click.ClickException(f"{error} est déjà là : donnez un dossier neuf") from error
    except OSError as error:
        raise click.ClickException(f"{error.filename or ''} : {error.strerror}") from error
    except ValueError as error:
        raise click.ClickException(f"clés illisibles ou certificat d’une autre autorité ({error})") from error


def said(error: SignerUnavailable) -> str:
    """The trouble and its mend, for whoever runs the service."""
    return gettext(error.mend, **error.mend_params) if isinstance(error, KeyTrouble) else error.detail


def _password(path: Path | None, *, new: bool) -> str:
    given = path.read_text().strip() if path else click.prompt("Mot de passe", hide_input=True, confirmation_prompt=new)
    if new and len(given) < MIN_PASSWORD:
        raise click.ClickException(f"ce mot de passe protège toutes les signatures : {MIN_PASSWORD} caractères au moins")
    return str(given)


def _trouble(settings: Settings) -> str:
    try:
        sealer(settings, _now()).check(_now())
    except SignerUnavailable as error:
        return said(error)
    return ""


def _show(settings: Settings, fact: KeyFact) -> None:
    where = f"jeton {settings.hsm.token}, clé {fact.label}" if fact.label and settings.hsm else f"fichier {fact.path}"
    click.echo(f"{fact.role} : {PURPOSES[fact.role]}")
    click.echo(f"  titulaire       {fact.subject}")
    click.echo(f"  série           {fact.serial}")
    click.echo(f"  SHA-256         {fact.sha256}")
    click.echo(f"  validité        du {fact.not_before:%Y-%m-%d} au {fact.not_after:%Y-%m-%d}")
    click.echo(f"  gardée          {where} ({fact.mode:04o})")
    click.echo(f"  renouvelée      à partir du {fact.renewed:%Y-%m-%d} ; anciennes gardées : {fact.former}")
    if fact.exposed:
        click.echo(f"  ATTENTION       d’autres comptes lisent ce fichier : chmod 600 {fact.path}", err=True)


def _show_seal(settings: Settings) -> None:
    if settings.seal is None:
        return
    with told():
        seal = sealer(settings, _now()).seal
    if seal is not None:
        certificate = seal.credential.certificate
        click.echo("cachet : certifie les documents à la place de platform")
        click.echo(f"  titulaire       {certificate.subject.rfc4514_string()}")
        click.echo(f"  émetteur        {certificate.issuer.rfc4514_string()}")
        click.echo(f"  validité        du {certificate.not_valid_before_utc:%Y-%m-%d} au {certificate.not_valid_after_utc:%Y-%m-%d}")


def _snake(reason: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in reason)


def stop_unless_ready(settings: Settings) -> None:
    """Ends the command, naming the setting and the mend, when a key cannot be used: a server would only fail at the first signature."""
    trouble = _trouble(settings)
    if trouble:
        click.echo(f"Les clés de signature ne sont pas utilisables. {trouble}", err=True)
        sys.exit(1)
