"""A document refuses without a trace, asks for what is missing, and repeats nothing."""

from __future__ import annotations

import gc
import weakref

import pytest
from pycrdt import Doc, XmlElement, XmlText

from charter.drafting.live import document as documents
from charter.drafting.live.attribution import Attribution
from charter.drafting.live.canonical import content_from_nodes, fragment
from charter.drafting.live.document import Gap, LiveDocument, TooLarge, Unacceptable
from tests.charter.drafting.live.conftest import paragraph
from tests.charter.drafting.live.harness import first_text


def updates_of(*edits) -> list[bytes]:
    """The updates of successive edits of one author, from an empty document."""
    doc: Doc = Doc()
    fragment(doc)
    made: list[bytes] = []
    subscription = doc.observe(lambda event: made.append(bytes(event.update)))
    for edit in edits:
        edit(fragment(doc))
    del subscription
    return made


FIRST, SECOND, THIRD = updates_of(
    lambda root: root.children.append(XmlElement("paragraph", {}, [XmlText("Un")])),
    lambda root: first_text(root).insert(2, " deux"),
    lambda root: first_text(root).__delitem__(slice(0, 1)),
)


def test_an_update_that_rests_on_others_we_lack_is_not_taken() -> None:
    document = LiveDocument()
    with pytest.raises(Gap):
        document.apply(SECOND)
    document.apply(FIRST)
    assert document.nodes() == [paragraph("Un")]
    with pytest.raises(Gap):
        LiveDocument().apply(THIRD)


def test_a_repeated_update_has_nothing_new() -> None:
    document = LiveDocument()
    assert document.apply(FIRST) == FIRST
    assert document.apply(FIRST) is None
    document.apply(SECOND)
    assert document.apply(THIRD) is not None
    assert document.apply(THIRD) is None


def test_a_refused_update_leaves_no_trace() -> None:
    document = LiveDocument(FIRST)
    evil: Doc = Doc()
    evil.apply_update(FIRST)
    first_text(fragment(evil)).insert(0, "visible ")
    fragment(evil).children.append(XmlElement("iframe"))
    state = document.state()
    with pytest.raises(Unacceptable, match="iframe"):
        document.apply(evil.get_update())
    assert document.state() == state and document.nodes() == [paragraph("Un")]
    assert document.apply(SECOND) is not None


def test_nesting_deeper_than_anybody_writes_is_refused() -> None:
    nodes = [paragraph("x")]
    for _level in range(15):
        nodes = [{"type": "bullet_list", "content": [{"type": "list_item", "content": [paragraph("x"), *nodes]}]}]
    with pytest.raises(ValueError, match="deep"):
        content_from_nodes(nodes)


def test_a_document_has_a_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MAX_DOCUMENT", 200)
    document = LiveDocument(FIRST)
    with pytest.raises(TooLarge):
        document.apply(content_from_nodes([paragraph("x" * 300)]))
    assert document.nodes() == [paragraph("Un")]


def test_a_snapshot_holds_everything() -> None:
    document = LiveDocument(FIRST, [SECOND])
    assert LiveDocument(document.snapshot()).nodes() == document.nodes() == [paragraph("Un deux")]


def test_noise_is_no_state_vector() -> None:
    with pytest.raises(Unacceptable):
        LiveDocument().diff(b"\xff\xff\xff")


@pytest.mark.parametrize("kind", [LiveDocument, Attribution])
def test_nothing_that_listens_to_a_document_outlives_its_use(kind: type[LiveDocument | Attribution]) -> None:
    made = kind()
    gone = weakref.ref(made)
    if isinstance(made, LiveDocument):
        with pytest.raises(Unacceptable):
            made.apply(b"\x01\x01\x01")  # built again from what was accepted
    del made
    gc.collect()
    assert gone() is None
