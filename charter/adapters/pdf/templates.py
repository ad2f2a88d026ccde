"""The Jinja environment the documents are written in: sandboxed, strict, given plain data only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup, escape

from charter.adapters.pdf.request import SignatureField
from charter.adapters.pdf.typography import french
from charter.adapters.richtext import to_html

FILTERS = ("day", "moment", "money", "words")


def document_environment(
    directory: Path,
    *,
    gettext: Callable[..., str],
    day: Callable[[Any], str],
    moment: Callable[[datetime], str],
    money: Callable[[Any], str],
    words: Callable[[list[str]], str],
) -> SandboxedEnvironment:
    """The environment over `directory` (`templates/documents`).

    Filters: `day` « 3 mars 2026 », `moment` date and time with its zone named, `money`, `words` « a, b et c » (all given by the caller, in
    the reader's language); `rich` rich text to HTML; `typo` French spacing; `grouped` a hash cut in fours.
    """
    environment = SandboxedEnvironment(
        loader=FileSystemLoader(directory), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.update(_=gettext, gettext=gettext)
    environment.filters.update(day=day, moment=moment, money=money, words=words, rich=rich, typo=typo, grouped=grouped, spread=spread)
    return environment


def signature_fields(blocks: Iterable[Mapping[str, Any]]) -> tuple[SignatureField, ...]:
    """The request's fields for the signature blocks handed to a template: same names, same titles."""
    return tuple(SignatureField(block["field"], block["label"]) for block in blocks)


def rich(value: Sequence[Mapping[str, Any]] | str | None, notes: object = "") -> Markup:
    """ProseMirror nodes, ready HTML (Markup), or plain text (a blank line parts paragraphs) as HTML with French spacing.

    `notes`: what makes the anchors of its notes unlike those of the document's other texts."""
    if value is None or isinstance(value, Markup):
        return value or Markup("")
    if isinstance(value, str):
        paragraphs = (part.strip() for part in value.split("\n\n"))
        return Markup("").join(Markup("<p>{}</p>").format(french(part)) for part in paragraphs if part)
    return to_html(value, text=french, notes=str(notes))


def typo(value: object) -> str:
    """French spacing for one run of text; HTML stays as it is."""
    return value if isinstance(value, Markup) else french(str(value))


def grouped(digest: str) -> Markup:
    """A hash people may compare by eye: groups of eight between which a line may end."""
    return Markup("<wbr>").join(escape(digest[start : start + 8]) for start in range(0, len(digest), 8))


def spread(answers: Sequence[Mapping[str, Any]], reach: float = 0.18) -> list[dict[str, Any]]:
    """Answers with a value, sorted. Those closer than `reach` are stacked:

    `among` how many, `rise` how far from the middle of the stack.
    """
    stacks: list[list[dict[str, Any]]] = []
    for answer in sorted((dict(answer) for answer in answers if answer.get("value") is not None), key=_value):
        if stacks and _value(answer) - _value(stacks[-1][-1]) < reach:
            stacks[-1].append(answer)
        else:
            stacks.append([answer])
    return [
        {**answer, "among": len(stack), "rise": position - (len(stack) - 1) / 2}
        for stack in stacks
        for position, answer in enumerate(stack)
    ]


def _value(answer: Mapping[str, Any]) -> float:
    return float(answer["value"])
