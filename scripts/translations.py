"""The words of the product and their translations. `python -m scripts.translations` brings the .po files up to date.

The msgid is the French text, so only the other languages have a catalogue.
"""

from __future__ import annotations

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

from scripts.steps import ROOT

DIRECTORY = ROOT / "charter" / "translations"
LANGUAGES = ("en",)
KEYWORDS = DEFAULT_KEYWORDS | {"_l": None, "N_": None, "lazy_gettext": None, "_n": (1, 2)}
COMMENT_TAGS = ("Translators:",)
WIDTH = 120


def catalogue_path(language: str) -> Path:
    """The .po file of a language."""
    return DIRECTORY / language / "LC_MESSAGES" / "messages.po"


def extract() -> Catalog:
    """Every word marked in code and templates, with where it is."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    catalogue = Catalog(locale=None, project="charte-du-faire-alliance")
    found = extract_from_dir(ROOT, methods, options, keywords=KEYWORDS, comment_tags=COMMENT_TAGS, directory_filter=_worth_reading)
    for filename, _line, message, comments, context in found:
        catalogue.add(message, None, [(Path(filename).as_posix(), 0)], auto_comments=comments, context=context)
    return catalogue


def _worth_reading(path: str) -> bool:
    parts = Path(path).relative_to(ROOT).parts
    return not parts or parts[0] in {"charter", "workflows", "templates"}


def read(language: str) -> Catalog:
    """The catalogue of a language as committed; empty when there is none yet."""
    path = catalogue_path(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update() -> None:
    """Adds new words to each catalogue and drops those nobody says any more. No fuzzy guess is made."""
    words = extract()
    for language in LANGUAGES:
        catalogue = read(language)
        catalogue.update(words, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        catalogue.fuzzy = False  # a new catalogue's header is marked fuzzy, and the compiler skips such a file whole
        path = catalogue_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalogue, width=WIDTH, sort_output=True, omit_header=False, include_lineno=False)
        missing = sum(1 for message in catalogue if message.id and not message.string)
        print(f"{path.relative_to(ROOT)}: {len(catalogue)} messages, {missing} to translate")


if __name__ == "__main__":
    update()
