"""Two versions of one block, word by word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from charter.drafting.comparison.align import matches
from charter.drafting.comparison.blocks import WORD, Block, Mark, Token
from charter.i18n import gettext
from workflows.base import N_

Change = Literal["kept", "added", "removed", "formatted"]
GAINED = {
    "strong": N_("mis en gras"),
    "em": N_("mis en italique"),
    "link": N_("mène maintenant à %(href)s"),
}
LOST = {
    "strong": N_("n’est plus en gras"),
    "em": N_("n’est plus en italique"),
    "link": N_("n’est plus un lien"),
}
OTHERWISE = N_("mise en forme changée")
BLANK = N_("espace changée")


@dataclass(frozen=True, slots=True)
class Run:
    """Words in a row that met the same fate. `formatted`: the words stay, `note` says what became of their look, `marks` how it is."""

    kind: Change
    text: str
    note: str = ""
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Kept (as many tokens on both sides) or changed."""

    kept: bool
    old: Sequence[Token]
    new: Sequence[Token]

    @property
    def speaks(self) -> bool:
        return any(WORD.search(token.text) for token in self.new)


def runs_between(before: Block, after: Block) -> list[Run]:
    """From one block to the other, in reading order: what went comes before what took its place."""
    runs = [run for stretch in _readable(_stretches(before.tokens(), after.tokens())) for run in _runs(stretch)]
    return list(_merged(runs))


def whole(block: Block, kind: Change) -> tuple[Run, ...]:
    """All of a block, met by one fate."""
    return tuple(Run(kind, span.text, marks=_names(span.marks)) for span in block.spans if span.text)


def _stretches(old: list[Token], new: list[Token]) -> Iterator[_Stretch]:
    i = k = 0
    pairs = matches([token.key for token in old], [token.key for token in new])
    for _, group in groupby(enumerate(pairs), key=lambda one: (one[1][0] - one[0], one[1][1] - one[0])):
        row = [pair for _, pair in group]
        (at, on), length = row[0], len(row)
        if at > i or on > k:
            yield _Stretch(False, old[i:at], new[k:on])
        yield _Stretch(True, old[at : at + length], new[on : on + length])
        i, k = at + length, on + length
    if i < len(old) or k < len(new):
        yield _Stretch(False, old[i:], new[k:])


def _readable(stretches: Iterator[_Stretch]) -> list[_Stretch]:
    """A blank or a comma kept between two replaced words is read better with them: « deux mots » for « un, nom », not word for word."""
    found: list[_Stretch] = []
    for one in stretches:
        found.append(one)
        if len(found) < 3 or one.kept or found[-2].speaks or not found[-2].kept or found[-3].kept:
            continue
        first, middle = found[-3], found[-2]
        if (first.old or one.old) and (first.new or one.new):
            found[-3:] = [_Stretch(False, [*first.old, *middle.old, *one.old], [*first.new, *middle.new, *one.new])]
    return found


def _runs(stretch: _Stretch) -> Iterator[Run]:
    if stretch.kept:
        yield from (_kept(old, new) for old, new in zip(stretch.old, stretch.new, strict=True))
        return
    yield from (Run("removed", token.text, marks=_names(token.marks)) for token in stretch.old)
    yield from (Run("added", token.text, marks=_names(token.marks)) for token in stretch.new)


def _kept(old: Token, new: Token) -> Run:
    if old.marks != new.marks:
        return Run("formatted", new.text, _said(old.marks, new.marks), _names(new.marks))
    if old.text != new.text:
        return Run("formatted", new.text, gettext(BLANK), _names(new.marks))
    return Run("kept", new.text, marks=_names(new.marks))


def _said(old: frozenset[Mark], new: frozenset[Mark]) -> str:
    gained, lost = dict(sorted(new - old)), dict(sorted(old - new))
    said = [gettext(GAINED.get(name, OTHERWISE), href=href) for name, href in gained.items()]
    said += [gettext(LOST.get(name, OTHERWISE)) for name in lost if name not in gained]
    return ", ".join(dict.fromkeys(said))


def _merged(runs: Sequence[Run]) -> Iterator[Run]:
    for (kind, note, marks), group in groupby(_blanks_follow(runs), key=lambda run: (run.kind, run.note, run.marks)):
        yield Run(kind, "".join(run.text for run in group), note, marks)


def _blanks_follow(runs: Sequence[Run]) -> list[Run]:
    """A blank kept between two words formatted alike goes with them."""
    found = list(runs)
    for place in range(1, len(found) - 1):
        before, here, after = found[place - 1 : place + 2]
        if (
            here.kind == "kept"
            and here.text.isspace()
            and before.kind == "formatted"
            and (before.note, before.marks) == (after.note, after.marks)
        ):
            found[place] = Run("formatted", here.text, before.note, before.marks)
    return found


def _names(marks: tuple[Mark, ...] | frozenset[Mark]) -> tuple[str, ...]:
    return tuple(sorted({name for name, _ in marks}))
