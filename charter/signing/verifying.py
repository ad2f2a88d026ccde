"""Checking signed files from the outside, and saying what was found: `charte verify FILE.pdf…`."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from charter.adapters.pdf import pictures
from charter.adapters.signer import SignatureCheck, Trust, Verdict, Verification, clean, examinations
from charter.config import DEMONSTRATION_KEYS, Settings
from charter.i18n import format_datetime, gettext, say
from charter.signing.sealer import read_roots, sealer
from workflows.base import N_, Missing

log = logging.getLogger(__name__)

VERDICTS: Mapping[Verdict, str] = {
    Verdict.VALID: N_("VALABLE"),
    Verdict.INCOMPLETE: N_("INCOMPLET : toutes les signatures prévues n’y sont pas"),
    Verdict.UNTRUSTED: N_("NON RECONNU : l’autorité qui a certifié les signataires est inconnue de cette installation"),
    Verdict.ALTERED: N_("MODIFIÉ après signature"),
    Verdict.INVALID: N_("NON VALABLE : une signature au moins n’est pas recevable"),
    Verdict.UNSIGNED: N_("NON SIGNÉ"),
    Verdict.UNREADABLE: N_("ILLISIBLE"),
    Verdict.TOO_BIG: N_("TROP VOLUMINEUX"),
}

REDRAWN = N_("Après la signature de %(name)s, l’aspect de pages a changé : %(pages)s")
UNDRAWN = N_("L’aspect des pages n’a pas pu être comparé à chaque signature : ce document est trop long ou trop lourd pour cela")


def verify_files(paths: Iterable[Path], now: datetime, trust: Trust, *, full: bool = True) -> list[tuple[Path, Verification]]:
    """Each file with its verification as of `now` (aware). Raises OSError for a file that cannot be read; bytes never raise."""
    look = examine if full else examinations.verify
    return [(path, look(path.read_bytes(), now=now, trust=trust, full=full)) for path in paths]


def examine(pdf: bytes, *, now: datetime, trust: Trust, full: bool = True) -> Verification:
    """The full verification, and a look at the pages: those each person signed must look as they do in the file at hand.

    Pages that cannot be drawn in the time and memory given change nothing to the verdict, and are said in the reasons. Never raises.
    """
    found = examinations.verify(pdf, now=now, trust=trust, full=full)
    if found.verdict not in {Verdict.VALID, Verdict.INCOMPLETE, Verdict.UNTRUSTED}:
        return found
    try:
        unlike = pictures.compare(pdf, [one.size for one in found.signatures])
    except pictures.Undrawable as error:
        log.info("pages of %s not drawn: %s", found.sha256[:12], error)
        return replace(found, reasons=(*found.reasons, Missing(UNDRAWN)))
    if not unlike:
        return found
    pages: dict[int, set[str]] = {}
    for one in unlike:
        pages.setdefault(one.page, set()).add(found.signatures[one.revision].name)
    names = {name: None for one in found.signatures for changed in pages.values() if (name := one.name) in changed}
    shown = {"name": ", ".join(names), "pages": ", ".join(map(str, sorted(pages)))}
    return replace(found, verdict=Verdict.ALTERED, reasons=(Missing(REDRAWN, params=shown),))


def trusted(settings: Settings, now: datetime, roots: Sequence[bytes] = ()) -> Trust:
    """What this installation trusts: its own authority, its demonstration authority (examples), the signature provider's, and
    `roots` (PEM or DER). Makes no key."""
    found = [Trust(tuple(roots), tuple(roots))] if roots else []
    if settings.keys_dir.exists():
        found.append(sealer(settings, now).trust(now))
    demonstration = settings.data_dir / DEMONSTRATION_KEYS
    if demonstration.exists():
        found.append(sealer(replace(settings, demonstration_keys=demonstration), now).trust(now))
    if settings.signature_provider is not None:
        theirs = read_roots(settings.signature_provider.roots)
        found.append(Trust(theirs, theirs))
    return Trust(
        tuple(root for one in found for root in one.roots),
        tuple(root for one in found for root in one.tsa_roots),
        tuple(other for one in found for other in one.others),
        tuple(crl for one in found for crl in one.revocation_lists),
        tuple(row for one in found for row in one.struck),
    )


def told(path: Path, found: Verification) -> str:
    """The verification in words, in the current language: the verdict, each signature, the reasons."""
    return "\n".join([f"{clean(str(path))} : {gettext(VERDICTS[found.verdict])}", *_lines(found)])


def _lines(found: Verification) -> Iterator[str]:
    for one in found.signatures:
        yield f"  {'✓' if one.intact and one.trusted and one.unchanged is not False else '✗'} {_signature(one)}"
    for reason in found.reasons:
        yield f"  → {say(reason)}"
    if found.sha256:
        yield f"  SHA-256 {found.sha256}"


def _signature(one: SignatureCheck) -> str:
    who = ", ".join(part for part in (one.name, one.capacity, one.organisation) if part)
    if one.certification:
        who = gettext(N_("certification du service (%(who)s)"), who=who)
    when = format_datetime(one.time) if one.time else gettext(N_("date inconnue"))
    proof = gettext(N_("horodaté")) if one.timestamp_ok else gettext(N_("date déclarée, non prouvée"))
    return gettext(N_("%(who)s, le %(when)s (%(proof)s), niveau %(level)s"), who=who, when=when, proof=proof, level=one.level)
