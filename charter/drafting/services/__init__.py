"""Co-drafting's verbs: open a text, shape its articles, say one's word, talk, adopt."""

from charter.drafting.services.adoption import AdoptedCharter, adopt, adopted, adopted_version, missing
from charter.drafting.services.articles import add_article, move_article, remove_article, retitle_article, write
from charter.drafting.services.changes import Piece, difference, since
from charter.drafting.services.comments import Thread, open_counts, post, resolve, thread_of, threads
from charter.drafting.services.consents import TextChanged, Voice, consent, path, standing_consents, voices, withdraw
from charter.drafting.services.texts import (
    ArticleWords,
    article_of,
    article_words,
    charter_of,
    find_charter,
    guidance,
    number_of,
    open_amendment,
    open_charter,
    stop_writing,
    text_of,
    texts_of,
)
from charter.drafting.services.voice import check_speaks, choose_speakers, may_speak, speakers, spokespersons

__all__ = [
    "AdoptedCharter",
    "ArticleWords",
    "Piece",
    "TextChanged",
    "Thread",
    "Voice",
    "add_article",
    "adopt",
    "adopted",
    "adopted_version",
    "article_of",
    "article_words",
    "charter_of",
    "check_speaks",
    "choose_speakers",
    "consent",
    "difference",
    "find_charter",
    "guidance",
    "may_speak",
    "missing",
    "move_article",
    "number_of",
    "open_amendment",
    "open_charter",
    "open_counts",
    "path",
    "post",
    "remove_article",
    "resolve",
    "retitle_article",
    "since",
    "speakers",
    "spokespersons",
    "standing_consents",
    "stop_writing",
    "text_of",
    "texts_of",
    "thread_of",
    "threads",
    "voices",
    "withdraw",
    "write",
]
