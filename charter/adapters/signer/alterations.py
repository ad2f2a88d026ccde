"""What changed in a document, in words for whoever reads it: told of an increment that was refused, never used to accept one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields

from charter.adapters.signer.reading import clean
from workflows.base import N_, Missing

MOST_PAGES, MOST_NODES, DEEPEST = 500, 20_000, 40
SHOWN = 10
"""How many names a sentence lists."""

PAGES = N_("Après la signature de %(name)s, le nombre de pages est passé de %(before)s à %(after)s")
CONTENT = N_("Après la signature de %(name)s, le contenu de pages a été remplacé (pages : %(pages)s)")
NOTES = N_("Après la signature de %(name)s, des annotations ont été posées, changées ou retirées (pages : %(pages)s)")
ATTACHED = N_("Après la signature de %(name)s, un fichier joint au document a été ajouté, remplacé ou retiré")
ACTIONS = N_("Après la signature de %(name)s, une action qui se déclenche toute seule a été ajoutée ou changée")
LAYERS = N_("Après la signature de %(name)s, des calques ont été ajoutés, montrés ou cachés")
PLACES = N_("Après la signature de %(name)s, des emplacements de signature ont été ajoutés ou retirés : %(fields)s")
TOUCHED = N_("Après la signature de %(name)s, des signatures déjà faites ont été retirées, déplacées ou redessinées : %(fields)s")
FORM = N_("Après la signature de %(name)s, des champs à remplir ont été ajoutés, changés ou remplis")
PROOFS = N_("Après la signature de %(name)s, les preuves de validité jointes aux signatures ont été retirées")
DESCRIPTION = N_("Après la signature de %(name)s, le titre, l’auteur ou d’autres renseignements du fichier ont été changés")
HIDDEN = N_("Après la signature de %(name)s, des éléments internes du fichier ont été remplacés")
ADDED = N_("Après la signature de %(name)s, des données que personne n’a signées ont été ajoutées à la fin du fichier")

_CATALOGUE: Mapping[str, tuple[str, ...]] = {
    ACTIONS: ("/OpenAction", "/AA", "/JavaScript"),
    LAYERS: ("/OCProperties",),
}
"""What to look at in the catalogue, its names and the trailer."""
_FORM_KEYS = ("/NeedAppearances", "/DA", "/DR", "/Q", "/CO", "/XFA", "/SigFlags")


def told(reader: PdfFileReader, before: int, after: int, name: str, *, otherwise: str = HIDDEN) -> tuple[Missing, ...]:
    """What differs between two revisions, the first of which `name` signed; `otherwise` is said when it is nothing one could name. Never
    empty, never raises."""
    found: list[Missing] = []
    for look in (_pages, _catalogue, _form, _description):
        with suppress(Exception):  # whatever was done to the file, the refusal stands and only its words are poorer
            found += look(reader.get_historical_resolver(before), reader.get_historical_resolver(after))
    return tuple(Missing(one.text, params={"name": name, **one.params}) for one in found) or (Missing(otherwise, params={"name": name}),)


def _catalogue(old: HistoricalResolver, new: HistoricalResolver) -> Iterator[Missing]:
    if "/DSS" in old.root and "/DSS" not in new.root:
        yield Missing(PROOFS)
    if _print(_files(old)) != _print(_files(new)):
        yield Missing(ATTACHED)
    told_of = [[state.root, _names(state), state.trailer_view] for state in (old, new)]
    for text, keys in _CATALOGUE.items():
        before, after = [[entry(holder, key) for holder in holders for key in keys] for holders in told_of]
        if _print(before) != _print(after):
            yield Missing(text)


def _description(old: HistoricalResolver, new: HistoricalResolver) -> Iterator[Missing]:
    before, after = ([entry(state.trailer_view, "/Info"), entry(state.root, "/Lang")] for state in (old, new))
    streams = [state.root.raw_get("/Metadata") if "/Metadata" in state.root else None for state in (old, new)]
    overridden = any(getattr(one, "reference", None) in new.explicit_refs_in_revision() for one in streams if one is not None)
    if _print(before) != _print(after) or repr(streams[0]) != repr(streams[1]) or overridden:
        yield Missing(DESCRIPTION)


def _pages(old: HistoricalResolver, new: HistoricalResolver) -> Iterator[Missing]:
    before, after = list(_walk(old.root["/Pages"])), list(_walk(new.root["/Pages"]))
    if len(before) != len(after):
        yield Missing(PAGES, params={"before": len(before), "after": len(after)})
    pairs = list(enumerate(zip(before, after, strict=False), start=1))
    content = [number for number, (then, now) in pairs if _looks(then) != _looks(now)]
    notes = [number for number, (then, now) in pairs if _notes(then) != _notes(now)]
    for text, numbers in ((CONTENT, content), (NOTES, notes)):
        if numbers:
            yield Missing(text, params={"pages": listed([str(one) for one in numbers])})


def _walk(node: Any) -> Iterator[Any]:
    """The pages of a tree, in order; what is met twice or beyond the limit is left out."""
    seen: set[int] = set()
    stack, count = [node], 0
    while stack and count < MOST_PAGES:
        here = stack.pop().get_object()
        if id(here) in seen or not isinstance(here, generic.DictionaryObject):
            continue
        seen.add(id(here))
        if "/Kids" in here:
            stack.extend(reversed(list(here["/Kids"])))
        else:
            count += 1
            yield here


def _looks(page: Any) -> bytes:
    return _print([entry(page, key) for key in ("/Contents", "/Resources", "/MediaBox", "/CropBox", "/Rotate")])


def _notes(page: Any) -> bytes:
    """What is laid over the page, but for the places of signatures."""
    return _print([one for one in _each(page, "/Annots") if entry(one, "/FT") != "/Sig" and entry(_part(one, "/Parent"), "/FT") != "/Sig"])


def _form(old: HistoricalResolver, new: HistoricalResolver) -> Iterator[Missing]:
    before, after = ({name: (value, field.get_object()) for name, value, field in enumerate_sig_fields(state)} for state in (old, new))
    places = sorted(clean(one) for one in before.keys() ^ after.keys())
    if places:
        yield Missing(PLACES, params={"fields": listed(places)})
    signed = {name: field for name, (value, field) in before.items() if value is not None and name in after}
    touched = sorted(clean(name) for name, field in signed.items() if _drawn(field) != _drawn(after[name][1]))
    if touched:
        yield Missing(TOUCHED, params={"fields": listed(touched)})
    forms = [_part(state.root, "/AcroForm") for state in (old, new)]
    others = [[one for one in _each(form, "/Fields") if entry(one, "/FT") != "/Sig"] for form in forms]
    settings = [[entry(form, key) for key in _FORM_KEYS] for form in forms]
    if _print(others[0]) != _print(others[1]) or _print(settings[0]) != _print(settings[1]):
        yield Missing(FORM)


def _drawn(field: Any) -> bytes:
    """How a signature field is signed and drawn, and where."""
    return _print([entry(field, key) for key in ("/V", "/AP", "/Rect", "/F")])


def _files(state: HistoricalResolver) -> list[Any]:
    return [entry(_names(state), "/EmbeddedFiles"), entry(state.root, "/AF")]


def _names(state: HistoricalResolver) -> Any:
    return _part(state.root, "/Names")


def _part(holder: Any, key: str) -> Any:
    found = entry(holder, key)
    return found if isinstance(found, generic.DictionaryObject) else {}


def _each(holder: Any, key: str) -> list[Any]:
    return [one.get_object() for one in entry(holder, key) or ()]


def entry(holder: Any, key: str) -> Any:
    """What stands under `key`, followed to the object itself; None when nothing does."""
    try:
        return holder[key]
    except KeyError:
        return None


def listed(words: list[str]) -> str:
    """« a, b, c… », ten at most."""
    return ", ".join(words[:SHOWN]) + ("…" if len(words) > SHOWN else "")


def _print(value: Any) -> bytes:
    """A digest of what an object holds, whatever number it bears and however it is laid in the file."""
    digest, nodes = hashlib.sha256(), 0
    stack: list[tuple[Any, int]] = [(value, 0)]
    seen: set[int] = set()
    while stack and nodes < MOST_NODES:
        one, depth = stack.pop()
        nodes += 1
        one = one.get_object() if isinstance(one, generic.IndirectObject) else one
        container = isinstance(one, (dict, list, tuple))
        if container and (id(one) in seen or depth > DEEPEST):
            digest.update(b"again")
            continue
        if container:
            seen.add(id(one))
        digest.update(_head(one))
        stack.extend((inner, depth + 1) for inner in _inside(one))
    return digest.digest()


def _head(value: Any) -> bytes:
    if isinstance(value, generic.StreamObject):
        return b"stream" + hashlib.sha256(value.encoded_data or b"").digest()
    if isinstance(value, dict):
        return b"dict" + "".join(sorted(map(str, value))).encode("utf-8", "replace")
    if isinstance(value, (list, tuple)):
        return b"list%d" % len(value)
    return b"leaf" + repr(value).encode("utf-8", "replace")


def _inside(value: Any) -> list[Any]:
    if isinstance(value, generic.DictionaryObject):
        # Pages and parents lead to the whole document.
        return [value.raw_get(key) for key in sorted(value) if key not in ("/Parent", "/P", "/StructParent", "/StructParents", "/Length")]
    if isinstance(value, generic.ArrayObject):
        return [value.raw_get(index) for index in range(len(value))]
    return list(value) if isinstance(value, (list, tuple)) else []
