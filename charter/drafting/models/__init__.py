"""Co-drafting's tables."""

from charter.drafting.models.adoption import AdoptedArticle
from charter.drafting.models.amendments import Amendment, Position, Remark
from charter.drafting.models.calendar import DraftingCalendar
from charter.drafting.models.comments import Comment, Mention
from charter.drafting.models.consents import STANDING, Consent
from charter.drafting.models.files import Export, TextImport
from charter.drafting.models.mailing import Digest, MailChoice, Mentions
from charter.drafting.models.nudges import Nudge
from charter.drafting.models.rounds import RUNNING, Round, RoundArticle
from charter.drafting.models.terms import DefinedTerm
from charter.drafting.models.texts import CHARTER, REF_BYTES, Article, Text, new_ref
from charter.drafting.models.versions import ArticleAuthors, UpdatesSeen, Version, VersionArticle, VersionWhy, Wording
from charter.drafting.models.voice import Spokesperson

__all__ = [
    "CHARTER",
    "REF_BYTES",
    "RUNNING",
    "STANDING",
    "AdoptedArticle",
    "Amendment",
    "Article",
    "ArticleAuthors",
    "Comment",
    "Consent",
    "DefinedTerm",
    "Digest",
    "DraftingCalendar",
    "Export",
    "MailChoice",
    "Mention",
    "Mentions",
    "Nudge",
    "Position",
    "Remark",
    "Round",
    "RoundArticle",
    "Spokesperson",
    "Text",
    "TextImport",
    "UpdatesSeen",
    "Version",
    "VersionArticle",
    "VersionWhy",
    "Wording",
    "new_ref",
]
