"""Where the articles begin in what was met: by titles that say « Article 3 », else by the highest titles there are several of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from charter.drafting.files.tidy import line, plain, tidy
from charter.drafting.files.understood import MOST_ARTICLES, MOST_CHARACTERS, Block, Met, Node, ReadArticle, Understood, Unreadable
from charter.i18n import gettext
from workflows.base import N_

LONGEST_TITLE = 160
_NUMBERED = re.compile(r"(?:article|art\.)\s+(?:\d{1,3}|1er|premier|[ivxlc]{1,7})(?:er|re)?(?!\w)\s*[.:–—-]?\s*", re.IGNORECASE)
_SENTENCE_END = (".", ";", ",")


def understand(met: Met) -> Understood:
    """The articles of what was met. Raises Unreadable (`no_words`, `too_long`)."""
    blocks = [block for block in met.blocks if block.node.get("content")]
    title = line(met.title) or next((_words(block) for block in blocks if block.is_title), "")
    blocks = [block for block in blocks if not block.is_title]
    starts = _starts(blocks)
    if starts and not title and blocks[0].level and blocks[0].level < blocks[starts[0]].level and starts[0] > 0:
        title, blocks, starts = _words(blocks[0]), blocks[1:], [at - 1 for at in starts]
    left_out = Counter(met.left_out)
    articles = _articles(blocks, starts, title, left_out)
    if not articles:
        raise Unreadable("no_words")
    if sum(len(str(one.nodes)) for one in articles) > 8 * MOST_CHARACTERS or sum(map(_size, articles)) > MOST_CHARACTERS:
        raise Unreadable("too_long")
    if len(articles) > MOST_ARTICLES:
        raise Unreadable("too_many")
    return Understood(title, articles, dict(sorted((kind, count) for kind, count in left_out.items() if count)))


def _starts(blocks: Sequence[Block]) -> list[int]:
    """The places where an article begins."""
    numbered = [at for at, block in enumerate(blocks) if block.level and _NUMBERED.match(_words(block))]
    if numbered:
        level = min(blocks[at].level for at in numbered)
        return [at for at, block in enumerate(blocks) if block.level == level]
    unstyled = [at for at, block in enumerate(blocks) if _looks_numbered(block)]
    if len(unstyled) > 1:
        return unstyled
    levels = Counter(block.level for block in blocks if block.level)
    if not levels:
        return []
    several = [level for level in sorted(levels) if levels[level] > 1]
    level = several[0] if several else max(levels)
    return [at for at, block in enumerate(blocks) if block.level == level]


def _looks_numbered(block: Block) -> bool:
    """A line of its own that says « Article 3 … », which nobody gave a title's style."""
    if block.node["type"] != "paragraph":
        return False
    words = _words(block)
    return len(words) <= LONGEST_TITLE and bool(_NUMBERED.match(words)) and (block.bold or not words.endswith(_SENTENCE_END))


def _articles(blocks: Sequence[Block], starts: Sequence[int], title: str, left_out: Counter[str]) -> list[ReadArticle]:
    if not starts:
        whole = _nodes(blocks, 0, left_out)
        return [ReadArticle(_fit(title) or gettext(N_("Texte importé")), whole)] if _has_words(whole) else []
    found = []
    before = [block for block in blocks[: starts[0]] if not block.level]
    left_out["groupings"] += starts[0] - len(before)
    preamble = _nodes(before, 0, left_out)
    if _has_words(preamble):
        found.append(ReadArticle(gettext(N_("Préambule")), preamble))
    for at, end in zip(starts, [*starts[1:], len(blocks)], strict=True):
        found.append(_article(blocks[at], list(blocks[at + 1 : end]), left_out))
    return found


def _article(head: Block, body: list[Block], left_out: Counter[str]) -> ReadArticle:
    words = _words(head)
    title = _NUMBERED.sub("", words, count=1).strip() if _NUMBERED.match(words) else words
    left_out["notes"] += sum(node["type"] == "note" for node in head.node["content"])
    # « Article 3 » alone on its line, its title on the next one.
    if not title and body and body[0].node["type"] in ("paragraph", "heading") and (body[0].bold or body[0].level > head.level > 0):
        title = _words(body.pop(0))
    extra: list[Block] = []
    if len(title) > LONGEST_TITLE:
        extra = [Block({"type": "paragraph", "content": head.node["content"]})]
    return ReadArticle(_fit(title) or words, _nodes([*extra, *body], head.level, left_out))


def _nodes(blocks: Sequence[Block], level: int, left_out: Counter[str]) -> list[Node]:
    """The blocks under a title of that level; titles of parties above the next article go."""
    kept = []
    for block in blocks:
        if block.level and level and block.level < level:
            left_out["groupings"] += 1
        elif block.level:
            kept.append({"type": "heading", "attrs": {"level": 3 if block.level <= level + 1 else 4}, "content": block.node["content"]})
        else:
            kept.append(block.node)
    return tidy(kept)


def _words(block: Block) -> str:
    return plain(block.node["content"])


def _fit(title: str) -> str:
    """A title of the length one may have, cut between two words."""
    clean = " ".join(title.split(" ")).strip()
    return clean if len(clean) <= LONGEST_TITLE else clean[: LONGEST_TITLE - 1].rsplit(" ", 1)[0] + "…"


def _has_words(nodes: Sequence[Node]) -> bool:
    return any(node.get("content") for node in nodes)


def _size(article: ReadArticle) -> int:
    def characters(node: Node) -> int:
        return len(node.get("text", "")) + sum(map(characters, node.get("content") or []))

    return len(article.title) + sum(map(characters, article.nodes))
