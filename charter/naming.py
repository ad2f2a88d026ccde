"""Names as they are kept: of people, of organisations, of capacities."""

from __future__ import annotations


def one_line(text: str) -> str:
    """`text` on one line, without control or direction characters that would make it read otherwise.

    A browser sends a line end back as two characters: a name that held one would make of the sentence one agrees to another one.
    """
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable()).strip()
