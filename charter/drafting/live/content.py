"""What the services of drafting do with an article's words, inside their own transaction and whether or not somebody is writing.

An update stored here takes its number under the text's lock like any other; tell the live room afterwards with
`notices.appended`, and it shows the words to those present. Nothing is overwritten: these are edits among others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pycrdt import Doc, XmlFragment
from sqlalchemy import select
from sqlalchemy.orm import Session

from charter.drafting.live import store
from charter.drafting.live.canonical import Node, content_from_nodes, content_hash, fragment, nodes_from_doc, normalise
from charter.drafting.live.document import LiveDocument
from charter.drafting.live.locks import check_unlocked
from charter.drafting.live.protocol import EMPTY_UPDATE
from charter.drafting.live.reconcile import reconcile
from charter.drafting.live.schema import check_children
from charter.drafting.models import Article, Text

SERVICE = "service"


class Frozen(RuntimeError):
    """The text is not in drafting any more: its words cannot change."""


@dataclass(frozen=True, slots=True)
class Content:
    """An article's words as stored: `nodes` with comment marks, `agreed` the normalised nodes consents bind to, `hash` of those and the
    title, `seq` the last update they hold."""

    nodes: list[Node]
    agreed: list[Node]
    hash: str
    seq: int


def seed(session: Session, article: Article, nodes: Sequence[Node], *, at: datetime, author: int | None = None) -> None:
    """Gives a new article its first words. Raises OutOfSchema, Frozen, and ValueError when the article already has words."""
    hold(session, article)
    if article.head_seq:
        raise ValueError("an article is seeded once: seeding again would double its words")
    _append(session, article, content_from_nodes(nodes), at, author)
    _refresh_hash(session, article)


def read(session: Session, article: Article) -> Content:
    """The article's stored words, whether or not somebody is writing."""
    doc, seq = _document(session, article)
    nodes = nodes_from_doc(doc)
    return Content(nodes, normalise(nodes), content_hash(article.title, nodes), seq)


def tree(session: Session, article: Article) -> XmlFragment:
    """The article's stored words as a tree of their own: what is done to it is not stored."""
    doc, _ = _document(session, article)
    return fragment(doc)


def current_hash(session: Session, article: Article) -> str:
    """SHA-256 of the article's canonical text now; cheap when nothing changed since it was last computed."""
    if article.text_hash and article.hashed_seq == article.head_seq:
        return article.text_hash
    return read(session, article).hash


def retitle(session: Session, article: Article, title: str) -> str:
    """Changes the title, which is part of what consents bind to; gives the new hash. Raises Frozen, Locked."""
    hold(session, article)
    check_unlocked(article)
    article.title = title
    return _refresh_hash(session, article)


def _refresh_hash(session: Session, article: Article) -> str:
    content = read(session, article)
    article.text_hash, article.hashed_seq = content.hash, content.seq
    session.flush()
    return content.hash


def edit(session: Session, article: Article, change: Callable[[XmlFragment], None], *, at: datetime, author: int | None = None) -> int:
    """Applies `change` to the content as one more edit; gives its number, or the last one when nothing changed.

    Raises OutOfSchema, Frozen, and Locked unless only comments move; the article is then as it was."""
    hold(session, article)
    doc, seq = _document(session, article)
    before, hashed = doc.get_state(), content_hash(article.title, nodes_from_doc(doc)) if article.locked else ""
    made: list[bytes] = []
    subscription = doc.observe(lambda event: made.append(bytes(event.update)))
    with doc.transaction():
        change(fragment(doc))
    doc.unobserve(subscription)
    check_children(fragment(doc))
    _check_lock(article, doc, hashed)
    update = b"".join(made) if len(made) == 1 else doc.get_update(before)
    if not made or update == EMPTY_UPDATE:
        return seq
    _append(session, article, update, at, author)
    _refresh_hash(session, article)
    return article.head_seq


def _check_lock(article: Article, doc: Doc[Any], hashed: str) -> None:
    """A locked article keeps its words; a comment's mark is none. `hashed`: the words' hash before. Raises Locked."""
    if article.locked and content_hash(article.title, nodes_from_doc(doc)) != hashed:
        check_unlocked(article)


def replace(session: Session, article: Article, nodes: Sequence[Node], *, at: datetime, author: int | None = None) -> int:
    """Makes the article hold `nodes` as one edit (restoring a version, importing): words that stay keep their author and comments.

    Raises like `edit`."""
    return edit(session, article, lambda root: reconcile(root, nodes), at=at, author=author)


def fork(session: Session, article: Article, nodes: Sequence[Node]) -> bytes:
    """The update that makes a copy of the article as it stands hold `nodes`, for a later `merge`; nothing is stored. Raises OutOfSchema."""
    root = tree(session, article)
    made: list[bytes] = []
    subscription = root.doc.observe(lambda event: made.append(bytes(event.update)))
    with root.doc.transaction():
        reconcile(root, nodes)
    root.doc.unobserve(subscription)
    check_children(root)
    return made[0] if made else EMPTY_UPDATE


def merged(session: Session, article: Article, update: bytes) -> tuple[list[Node], bytes]:
    """The nodes the article would hold with `update` among its own, and what is new in that update (nothing: EMPTY_UPDATE).

    Raises OutOfSchema, Unacceptable, Gap and TooLarge when it cannot be: all are ValueErrors."""
    stored = store.load(session, article.id)
    document = LiveDocument(stored.base, stored.tail)
    fresh = document.apply(update)
    document.check_all()
    return document.nodes(), fresh or EMPTY_UPDATE


def merge(session: Session, article: Article, update: bytes, *, at: datetime, author: int | None = None) -> int:
    """Stores an update made on a fork as one more edit of the article. Raises like `merged`, and Frozen, Locked."""
    hold(session, article)
    check_unlocked(article)
    _nodes, fresh = merged(session, article, update)
    if fresh != EMPTY_UPDATE:
        _append(session, article, fresh, at, author)
        _refresh_hash(session, article)
    return article.head_seq


def _document(session: Session, article: Article) -> tuple[Doc[Any], int]:
    stored = store.load(session, article.id)
    doc: Doc[Any] = Doc()
    fragment(doc)
    for update in (stored.base, *stored.tail):
        doc.apply_update(update)
    return doc, stored.seq


def hold(session: Session, article: Article) -> None:
    """Locks the article's text and reads the article again. Raises Frozen when the text is not in drafting any more.

    Whoever changes a row of `articles` calls this first: the live server locks in the same order."""
    session.flush()
    locked = select(Text).where(Text.id == article.text_id).with_for_update(key_share=True).execution_options(populate_existing=True)
    if session.execute(locked).scalar_one().frozen:
        raise Frozen
    session.refresh(article)


def _append(session: Session, article: Article, update: bytes, at: datetime, author: int | None) -> None:
    heads = {article.id: article.head_seq}
    store.append(session.connection(), [store.Row(article.id, update, author, SERVICE)], heads, at)
    session.refresh(article)
