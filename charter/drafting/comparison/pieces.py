"""The difference of two texts: pieces, one a block, in the order of the new text."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal

from charter.drafting.comparison.align import Pairs, best, matches
from charter.drafting.comparison.blocks import WORD, Block, Kind, Span, blocks_of, words_in
from charter.drafting.comparison.words import Run, runs_between, whole
from charter.drafting.live.canonical import Node
from charter.i18n import gettext, ngettext
from workflows.base import N_

LONGEST = 200_000
"""Characters of both texts: beyond, blocks are compared whole."""
ALIKE = 0.4
FOLDED = 3
MOVED_WORDS = 3

Fate = Literal["kept", "added", "removed", "changed", "moved", "moved_away", "folded"]
BECOMES = {
    "paragraph": N_("devient un paragraphe"),
    "heading": N_("devient un titre"),
    "subheading": N_("devient un sous-titre"),
    "bullet": N_("devient un élément de liste"),
    "number": N_("devient un élément de liste numérotée"),
    "row": N_("devient une ligne de tableau"),
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A block and its fate. `changed`: its `runs` say what. `moved`: it was elsewhere (there it is `moved_away`). `folded`: `inside` are
    several kept blocks in a row. `block`, `label`, `depth`: how it is laid out; `note`: what its runs cannot say."""

    kind: Fate
    block: Kind = "paragraph"
    runs: tuple[Run, ...] = ()
    label: str = ""
    depth: int = 0
    note: str = ""
    inside: tuple[Piece, ...] = ()

    @property
    def text(self) -> str:
        """Its characters, what went and what came alike."""
        return "".join(run.text for run in self.runs)


class Difference(list[Piece]):
    """The pieces, and what they come to."""

    @property
    def added(self) -> int:
        """Words added."""
        return self._words("added")

    @property
    def removed(self) -> int:
        """Words removed."""
        return self._words("removed")

    @property
    def moved(self) -> int:
        """Blocks moved."""
        return sum(piece.kind == "moved" for piece in self)

    @property
    def formatted(self) -> int:
        """Places whose look changed, their words staying."""
        return sum(bool(piece.note) and piece.kind == "changed" for piece in self) + sum(run.kind == "formatted" for run in self._runs())

    @property
    def empty(self) -> bool:
        """True when both texts are the same."""
        return all(piece.kind in {"kept", "folded"} for piece in self)

    @property
    def summary(self) -> str:
        """« 12 mots ajoutés, 3 mots retirés, 1 paragraphe déplacé »."""
        counted = (
            (self.added, ngettext("%(num)s mot ajouté", "%(num)s mots ajoutés", self.added)),
            (self.removed, ngettext("%(num)s mot retiré", "%(num)s mots retirés", self.removed)),
            (self.moved, ngettext("%(num)s paragraphe déplacé", "%(num)s paragraphes déplacés", self.moved)),
            (self.formatted, ngettext("%(num)s mise en forme changée", "%(num)s mises en forme changées", self.formatted)),
        )
        said = [words for count, words in counted if count]
        if said:
            return ", ".join(said)
        return gettext(N_("Aucun changement")) if self.empty else gettext(N_("Seuls des signes changent"))

    def _runs(self) -> Iterator[Run]:
        return (run for piece in self for run in piece.runs)

    def _words(self, kind: str) -> int:
        said = ("".join(run.text for run in row) for piece in self for same, row in groupby(piece.runs, _fate) if same == kind)
        return sum(map(words_in, said))


def _fate(run: Run) -> str:
    return run.kind


def difference(before_title: str, before_nodes: Sequence[Node], after_title: str, after_nodes: Sequence[Node]) -> Difference:
    """From one text to the other. The title comes first, when there is one."""
    old, new = _text(before_title, before_nodes), _text(after_title, after_nodes)
    by_word = sum(len(block.text) for block in (*old, *new)) <= LONGEST
    return Difference(_folded(list(_pieces(old, new, by_word=by_word))))


def _text(title: str, nodes: Sequence[Node]) -> list[Block]:
    return [*([Block("title", (Span(title),))] if title else []), *blocks_of(nodes)]


def _pieces(old: list[Block], new: list[Block], *, by_word: bool) -> Iterator[Piece]:
    same = matches([_key(block) for block in old], [_key(block) for block in new])
    moved = _moves(old, new, same)
    came_from = {on: at for at, on in moved}
    gone = {at for at, _ in moved}
    i = k = 0
    for at, on in [*_paired(old, new, same, moved), (len(old), len(new))]:
        for place in range(i, at):
            yield _away(old[place]) if place in gone else _whole(old[place], "removed")
        for place in range(k, on):
            yield _moved(old[came_from[place]], new[place]) if place in came_from else _whole(new[place], "added")
        if at < len(old):
            yield _change(old[at], new[on], by_word=by_word)
        i, k = at + 1, on + 1


def _key(block: Block) -> tuple[bool, str]:
    return block.kind == "title", block.text


def _paired(old: list[Block], new: list[Block], same: Pairs, moved: Pairs) -> Pairs:
    """The same blocks, and between them those that are alike."""
    gone, come = {at for at, _ in moved}, {on for _, on in moved}
    bags: dict[int, Counter[str]] = {}
    found, i, k = [], 0, 0
    for at, on in [*same, (len(old), len(new))]:
        left = [place for place in range(i, at) if place not in gone]
        right = [place for place in range(k, on) if place not in come]
        pairs = best(len(left), len(right), lambda a, b, left=left, right=right: _alike(old[left[a]], new[right[b]], bags), ALIKE)  # type: ignore[misc]
        found += [(left[a], right[b]) for a, b in pairs]
        if at < len(old):
            found.append((at, on))
        i, k = at + 1, on + 1
    return found


def _alike(one: Block, other: Block, bags: dict[int, Counter[str]]) -> float:
    if "title" in (one.kind, other.kind):
        return 2.0 if one.kind == other.kind else 0.0
    mine, theirs = (bags.setdefault(id(block), Counter(WORD.findall(block.text.lower()))) for block in (one, other))
    total = mine.total() + theirs.total()
    return 2 * (mine & theirs).total() / total if total else 0.0


def _moves(old: list[Block], new: list[Block], same: Pairs) -> Pairs:
    """Blocks found on both sides, though not in the same order."""
    stay, keep = {at for at, _ in same}, {on for _, on in same}
    places: dict[str, list[int]] = defaultdict(list)
    for on, block in enumerate(new):
        if on not in keep and block.kind != "title" and words_in(block.text) >= MOVED_WORDS:
            places[block.text].append(on)
    waiting = [
        (at, places[block.text]) for at, block in enumerate(old) if at not in stay and block.kind != "title" and places.get(block.text)
    ]
    return [(at, found.pop(0)) for at, found in waiting if found]


def _whole(block: Block, kind: Literal["added", "removed", "kept"]) -> Piece:
    return _piece(kind, block, whole(block, kind))


def _piece(kind: Fate, block: Block, runs: Iterable[Run], note: str = "") -> Piece:
    return Piece(kind, block.kind, tuple(runs), block.label, block.depth, note)


def _away(block: Block) -> Piece:
    return _piece("moved_away", block, whole(block, "kept"), gettext(N_("Déplacé d’ici")))


def _moved(before: Block, after: Block) -> Piece:
    return _piece("moved", after, runs_between(before, after), gettext(N_("Déplacé jusqu’ici")))


def _change(before: Block, after: Block, *, by_word: bool) -> Piece:
    note = gettext(BECOMES[after.kind]) if before.kind != after.kind and after.kind in BECOMES else ""
    if before.text == after.text and before.marked == after.marked:
        return replace(_whole(after, "kept"), kind="changed" if note else "kept", note=note)
    runs = runs_between(before, after) if by_word else [*whole(before, "removed"), *whole(after, "added")]
    only_kept = all(run.kind == "kept" for run in runs)
    return _piece("kept" if only_kept and not note else "changed", after, runs, note)


def _folded(pieces: list[Piece]) -> Iterator[Piece]:
    """Of many blocks in a row that stay, those next to a change are shown, the others folded."""
    place = 0
    for kept, group in groupby(pieces, key=lambda piece: piece.kind == "kept" and piece.block != "title"):
        row = list(group)
        first = place == 0 or (place == 1 and pieces[0].kind == "kept")
        place += len(row)
        start, end = 0 if first else 1, len(row) if place == len(pieces) else len(row) - 1
        if not kept or end - start < FOLDED:
            yield from row
            continue
        yield from row[:start]
        yield Piece("folded", inside=tuple(row[start:end]))
        yield from row[end:]
