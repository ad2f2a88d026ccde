"""The page gives the editor every word it asks for, and no other."""

from __future__ import annotations

import json
import re

from tests.browser.editor.pages import ROOT, page


def test_words_of_the_page_and_of_the_script_are_the_same() -> None:
    _, _, body = page("texte1", [], "lea")
    given = re.search(r'id="editor-words">(.*?)</script>', body.decode(), re.DOTALL)
    assert given
    listed = re.search(r"WORD_KEYS = \[(.*?)\]", (ROOT / "assets/editor/words.ts").read_text(), re.DOTALL)
    assert listed
    assert set(json.loads(given.group(1))) == set(re.findall(r'"(\w+)"', listed.group(1)))
