"""A provider of seals (a trust service provider) for tests: what it sells, and its revocation lists over HTTP, answered well or badly."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID

from charter.adapters.signer import certificates as made
from charter.adapters.signer.certificates import Credential, Publication
from charter.adapters.signer.tokens import PublicKey
from tests.charter.adapters.signer_samples import NOW

WHEN = NOW.replace(microsecond=0)
MOODS = ("redirect", "endless", "silent", "drip")
PIECE = 64 * 1024


class Provider:
    """A trust service provider: a root, an intermediate that sells seals, and a web server for its revocation lists.

    `up` whether it has them; `sold`, `listed` how long ago its seals begin and its lists were made; `mood` how it answers (see MOODS);
    `asked` the paths it was asked for; `written` how many bytes it could write.
    """

    def __init__(self, base: str) -> None:
        start, end = WHEN - timedelta(days=10), WHEN + timedelta(days=3650)
        self.written = 0
        self.root = made.authority("Racine de confiance", "Prestataire", start, end)
        published = Publication(base)
        self.root = Credential(self.root.key, self.root.certificate, published)
        above = made.authority("Cachets", "Prestataire", start, end, parent=self.root)
        self.seals = Credential(above.key, above.certificate, published)
        self.base, self.up, self.mood = base, True, ""
        self.sold, self.listed = timedelta(days=5), timedelta(0)
        self.asked, self.released = list[str](), threading.Event()

    def seal(self, public: PublicKey, *, days: int = 700) -> x509.Certificate:
        """An organisation's seal certificate over that key."""
        issuer = self.seals
        address = Publication(self.base).list_of(issuer.certificate)
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(address)], None, None, None)
        builder = x509.CertificateBuilder().issuer_name(issuer.certificate.subject).public_key(public)
        builder = builder.subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Cachet de la Commune")]))
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(WHEN - self.sold)
        builder = builder.not_valid_after(WHEN + timedelta(days=days))
        for extension in (
            x509.SubjectKeyIdentifier.from_public_key(public),
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()),
            x509.CRLDistributionPoints([point]),
        ):
            builder = builder.add_extension(extension, critical=False)
        return builder.add_extension(made._usage(digital_signature=True), critical=True).sign(issuer.key, hashes.SHA256())

    def answer(self, path: str) -> bytes | None:
        """Its revocation lists."""
        for issuer in (self.root, self.seals):
            if path.endswith(f"{made.mark(issuer.certificate)}.crl"):
                return made.revocation_list(issuer, WHEN - self.listed).public_bytes(Encoding.DER)
        return None


class _Handler(http.server.BaseHTTPRequestHandler):
    sold: Provider

    def do_GET(self) -> None:
        self.sold.asked.append(self.path)
        body = self.sold.answer(self.path) if self.sold.up else None
        if self.sold.mood == "redirect" and not self.path.startswith("/elsewhere/"):
            self._start(302, Location=f"/elsewhere{self.path}")
            return
        if self.sold.mood == "silent":
            self.sold.released.wait(30)
            return
        self._start(200 if body else 503)
        if self.sold.mood in ("endless", "drip"):
            self._go_on()
        else:
            self.wfile.write(body or b"")

    def _start(self, status: int, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/pkix-crl")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _go_on(self) -> None:
        """Writes until nobody listens any more."""
        piece, pause = (bytes(PIECE), 0.0) if self.sold.mood == "endless" else (b"0", 0.02)
        with suppress(OSError):
            while not self.sold.released.wait(pause):
                self.wfile.write(piece)
                self.sold.written += len(piece)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def selling() -> Iterator[Provider]:
    """The provider, on a free loopback port."""
    handler = type("Handler", (_Handler,), {})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sold = Provider(f"http://127.0.0.1:{server.server_port}/crl")
    handler.sold = sold  # type: ignore[attr-defined]
    yield sold
    sold.released.set()
    server.shutdown()
    server.server_close()


def packed(folder: Path, provider: Provider, *, days: int = 700) -> Path:
    """The seal as the provider delivers it."""
    key = rsa.generate_private_key(65537, 2048)
    chain = [provider.seals.certificate, provider.root.certificate]
    sealed = provider.seal(key.public_key(), days=days)
    path = folder / "cachet.p12"
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"cachet", key, sealed, chain, BestAvailableEncryption(b"secret")))
    return path
