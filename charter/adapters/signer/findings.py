"""From what the examination found to the sentences of the answer, the most serious first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from charter.adapters.signer.alterations import listed
from charter.adapters.signer.checks import ArchiveCheck, SignatureCheck
from charter.adapters.signer.troubles import Trouble
from workflows.base import N_, Missing

MISMATCH = N_("Le contenu ne correspond pas à ce que %(name)s a signé")
MISMATCHES = N_("Le contenu n’est pas celui que ces personnes ont signé : %(name)s")
SINCE = N_("Le document a été modifié après la signature de %(name)s")
STAMPED = N_("Le contenu ne correspond pas à l’horodatage d’archivage qui couvre le document")
TROUBLES = {
    Trouble.STAMP: N_("L’horodatage joint à la signature de %(name)s n’est pas le sien : il a été pris ailleurs"),
    Trouble.UNSTAMPED: N_("La signature de %(name)s a perdu son horodatage, que cette plateforme joint à chacune"),
    Trouble.WEAK: N_("La signature de %(name)s repose sur un calcul que l’on sait contrefaire : elle ne prouve rien"),
    Trouble.REVOKED: N_("Le certificat de %(name)s avait été révoqué quand la signature a été faite : elle n’est pas valable"),
    Trouble.EXPIRED: N_("Le certificat de %(name)s n’était pas en cours de validité à la date de sa signature"),
}
SINCE_REVOKED = N_(
    "Le certificat de %(name)s a été révoqué depuis : la signature, dont l’horodatage prouve qu’elle est d’avant, reste valable"
)
UNDATED = N_("Le certificat de %(name)s a pris fin, et plus rien de connu ici ne prouve que la signature a été faite avant")
UNKNOWN = N_("La signature de %(name)s vient d’un émetteur que cette plateforme ne connaît pas")
UNKNOWNS = N_("Les signatures de %(name)s viennent d’un émetteur que cette plateforme ne connaît pas")
UNREAD = N_("Une signature d’un genre que cette plateforme ne sait pas vérifier occupe : %(fields)s")
UNKNOWN_STAMP = N_("Un horodatage a été ajouté par un émetteur que cette plateforme ne connaît pas")
ONE_GAP = N_("Il manque une signature sur %(total)s : %(fields)s. Celles qui sont là sont bonnes, mais ce n’est pas la version finale.")
GAPS = N_("Il manque %(n)s signatures sur %(total)s : %(fields)s. Celles qui sont là sont bonnes, mais ce n’est pas la version finale.")
ONE_WELL = N_("Signé de tous : la signature prévue y est, le document est intact et l’émetteur de la signature est connu")
WELL = N_("Signé de tous : les %(n)s signatures prévues y sont, le document est intact et leurs émetteurs sont connus")


@dataclass(frozen=True, slots=True)
class Found:
    """What the examination found. `labels` say how the document calls the `empty_fields`; `unread` hold something we cannot read;
    `changes` tell what was done after a signature; `states` as in `Verification`."""

    signatures: tuple[SignatureCheck, ...]
    archives: tuple[ArchiveCheck, ...]
    empty_fields: tuple[str, ...]
    labels: tuple[str, ...]
    unread: tuple[str, ...]
    strict: bool
    changes: tuple[Missing, ...]
    states: tuple[str, ...]


def alterations(found: Found) -> tuple[Missing, ...]:
    """Something changed after a signature, or a signature does not match the bytes it signs."""
    reasons = list(found.changes)
    reasons += _named(MISMATCH, (one for one in found.signatures if not one.intact), several=MISMATCHES)
    if not found.changes:
        reasons += _named(SINCE, (one for one in found.signatures if one.intact and one.unchanged is False))
    if not all(one.intact for one in found.archives):
        reasons.append(Missing(STAMPED))
    for trouble in (Trouble.STAMP, Trouble.UNSTAMPED):
        reasons += _named(TROUBLES[trouble], (one for one in found.signatures if one.intact and one.trouble is trouble))
    return tuple(reasons)


def faults(found: Found) -> tuple[Missing, ...]:
    """A signature matches its bytes, yet is worth nothing."""
    reasons: list[Missing] = []
    for trouble in (Trouble.REVOKED, Trouble.EXPIRED, Trouble.WEAK):
        reasons += _named(TROUBLES[trouble], (one for one in found.signatures if one.trouble is trouble))
    return tuple(reasons)


def strangers(found: Found) -> tuple[Missing, ...]:
    """Nobody we trust vouches for a signature."""
    reasons = list(_named(UNDATED, (one for one in found.signatures if one.trouble is Trouble.UNDATED)))
    reasons += _named(
        UNKNOWN, (one for one in found.signatures if not one.trusted and one.trouble is not Trouble.UNDATED), several=UNKNOWNS
    )
    if found.unread:
        reasons.append(Missing(UNREAD, params={"fields": listed(list(found.unread))}))
    if found.strict and not reasons and any(one.intact and not one.trusted for one in found.archives):
        reasons.append(Missing(UNKNOWN_STAMP))
    return tuple(reasons)


def gaps(found: Found) -> tuple[Missing, ...]:
    """Places for signatures are empty."""
    empty = len(found.labels)
    if not empty:
        return ()
    total = empty + sum(1 for one in found.signatures if not one.certification)
    params = {"n": empty, "total": total, "fields": listed(list(found.labels))}
    return (Missing(ONE_GAP if empty == 1 else GAPS, params=params),)


def well(found: Found) -> Missing:
    """Nothing is wrong and nobody is missing."""
    people = sum(1 for one in found.signatures if not one.certification)
    return Missing(ONE_WELL if people == 1 else WELL, params={"n": people})


def aside(found: Found) -> tuple[Missing, ...]:
    """What is told besides, and takes nothing from the answer."""
    return _named(SINCE_REVOKED, (one for one in found.signatures if one.revoked is not None))


def _named(text: str, checks: Iterable[SignatureCheck], several: str = "") -> tuple[Missing, ...]:
    """One sentence for all, whoever they are: fifty would say no more."""
    found = list(checks)
    people = [one for one in found if not one.certification]  # the service's own certification is nobody's signature
    names = [one.name or one.field for one in people or found]
    return (Missing(several if several and len(names) > 1 else text, params={"name": listed(names)}),) if names else ()
