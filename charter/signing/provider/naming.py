"""Whose signature is whose: the names certificates bear, matched with those of the signatories, one signature each at most."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from charter.adapters.signer.returned import ReturnedSignature
from workflows.base import N_, Missing

LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
"""Letters of names that no accent tells from the plain ones machines write."""


def attributed(found: Sequence[ReturnedSignature], people: Sequence[tuple[int, str]]) -> tuple[int | None, ...]:
    """The signatory (id) of each signature; None when its certificate names none of `people`, or one whose signature another is.

    As many signatories as can be have one: « Paul Martin » does not take the only signature that « Paul Étienne Martin » could have made.
    """
    could = [[number for number, one in enumerate(found) if _names(one, name)] for _, name in people]
    owners: dict[int, int] = {}

    def place(person: int, tried: set[int]) -> bool:
        """Gives `person` a signature, moving those who could have another."""
        for number in sorted(could[person], key=owners.__contains__):  # a free one first
            if number not in tried:
                tried.add(number)
                if number not in owners or place(owners[number], tried):
                    owners[number] = person
                    return True
        return False

    for person in range(len(people)):
        place(person, set())
    return tuple(people[owners[number]][0] if number in owners else None for number in range(len(found)))


def misnamed(found: Sequence[ReturnedSignature], owners: Sequence[int | None], people: Sequence[tuple[int, str]]) -> tuple[Missing, ...]:
    """What is wrong when each must sign under a certificate of their own: who has none, and who signs without being asked to, or again.

    A seal, which names an organisation and nobody, may be there besides.
    """
    told = ", ".join(f"« {one.shown} »" for one in found) or "—"  # french: names between quotation marks, as in the sentence
    text = N_("Aucune signature n’est au nom de %(name)s : les certificats de ce fichier sont au nom de %(found)s")
    lacks = [Missing(text, params={"name": name, "found": told}) for id_here, name in people if id_here not in owners]
    over = [one.shown for one, owner in zip(found, owners, strict=True) if owner is None and not one.seal]
    text = N_("« %(name)s » n’est pas au nombre des signataires, ou a signé plus d’une fois le même fichier")
    return (*lacks, *(Missing(text, params={"name": name}) for name in over))


def _names(one: ReturnedSignature, name: str) -> bool:
    """True when every word of the name is in one of the certificate's: identity papers give more first names, in capitals, without
    accents, the surname first."""
    return bool(name.strip()) and any(_plain([name]) <= _plain(words) for words in one.names)


def _plain(words: Iterable[str]) -> set[str]:
    text = unicodedata.normalize("NFKD", " ".join(words).casefold().translate(LETTERS))
    bare = "".join(one for one in text if not unicodedata.combining(one))
    return set("".join(one if one.isalnum() else " " for one in bare).split())
