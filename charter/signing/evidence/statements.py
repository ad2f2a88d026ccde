"""What the evidence proves and what it does not, as true of one envelope (code civil, articles 1366 and 1367; règlement (UE) n° 910/2014,
article 3, point 10; décret n° 2017-1416)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from charter.i18n import enumerate_words, gettext, ngettext
from charter.signing.evidence.plain import Data
from charter.signing.provider import evidence as provider
from workflows.base import N_

NAMED = 4
"""More people than that are counted, not named."""


def proves(told: Data, outside: Sequence[str]) -> list[str]:
    """What holds, in the current language; `outside`: the names of the outside timestamping authorities, none for our own."""
    return list(_proves(told, outside))


def does_not_prove(told: Data, outside: Sequence[str]) -> list[str]:
    """What it leaves to others to prove, in the current language."""
    return list(_limits(told, outside))


def _proves(told: Data, outside: Sequence[str]) -> Iterator[str]:
    people = told["signatories"]
    if coded := [one for one in people if one["identification"].get("method") == "code"]:
        text = N_("%(who)s : compte d’adresse électronique vérifiée, puis code reçu à cette adresse et recopié avant de signer.")
        yield gettext(text, who=_who(coded))
    if keyed := [one for one in people if one["identification"].get("method") == "passkey"]:
        text = N_("%(who)s : clé d’accès (passkey) enregistrée sur ce compte, dont la réponse porte sur les empreintes des documents.")
        yield gettext(text, who=_who(keyed))
    if "provider" in told:
        yield from provider.proves(told["provider"])
    else:
        yield gettext(
            N_("L’identification et le consentement sont liés aux empreintes des documents : ce qui a été lu est ce qui a été signé.")
        )
    if all(each["token"] for one in told["documents"] for each in one["revisions"]):
        yield gettext(N_("Chaque fichier est intact depuis ses signatures, posées aux heures dites par l’horodatage qu’elles contiennent."))
    else:
        yield gettext(N_("Chaque fichier est intact depuis ses signatures."))
    if all(one["matches"] for one in told["charter"]["articles"]):
        text = N_("Les articles de la charte signée sont, mot pour mot, ceux auxquels chaque partie avait donné son accord.")
        yield gettext(text)
    if joined := [one for one in people if one["authority"]["proofs"]]:
        text = N_("%(who)s : les pièces versées pour établir le pouvoir de signer sont jointes, identifiées par leur empreinte.")
        yield gettext(text, who=_who(joined))
    if outside:
        text = N_("L’heure des signatures vient d’une autorité d’horodatage extérieure à ce service : %(names)s.")
        yield gettext(text, names=enumerate_words(list(outside)))
    yield gettext(N_("Le journal de l’alliance est chaîné : une ligne changée ou retirée se voit."))
    yield gettext(N_("Ce dossier est lui-même certifié et horodaté par le service : changé, il ne se vérifie plus."))


def _limits(told: Data, outside: Sequence[str]) -> Iterator[str]:
    people = told["signatories"]
    if "provider" in told:
        yield from provider.limits(told["provider"])
    else:
        yield gettext(
            N_("L’état civil des signataires n’a pas été contrôlé sur pièce : l’identité repose sur leur adresse et leur organisation.")
        )
        text = N_("La présomption de fiabilité (décret n° 2017-1416) ne joue pas : en cas de contestation, ces éléments sont à produire.")
        yield gettext(text)
        text = N_(
            "La lecture, le code et le consentement sont attestés par ce service seul ; "
            "la réponse d’une clé d’accès, elle, se recalcule sans lui."
        )
        yield gettext(text)
    if declared := [one for one in people if not one["authority"]["proofs"]]:
        text = N_("%(who)s : le pouvoir d’engager l’organisation est déclaré ; aucune pièce qui l’établisse n’est jointe.")
        yield gettext(text, who=_who(declared))
    if len(declared) < len(people):
        yield gettext(
            N_("Les pièces jointes sont celles que les parties ont versées : le service n’en a vérifié ni l’auteur ni la portée.")
        )
    if "provider" not in told:
        yield gettext(
            N_("Les certificats des signataires viennent de l’autorité propre à ce service, créée à son installation : nul ne l’audite.")
        )
    if not outside and "provider" not in told:
        yield gettext(N_("Sans autorité d’horodatage extérieure, l’heure est celle de ce service."))
    yield gettext(N_("Les adresses et navigateurs vus par le service n’identifient personne."))


def _who(people: Sequence[Data]) -> str:
    if len(people) <= NAMED:
        return enumerate_words([one["name"] for one in people])
    return ngettext("%(n)s signataire", "%(n)s signataires", len(people))
