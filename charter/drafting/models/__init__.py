"""Co-drafting's tables."""

from charter.drafting.models.adoption import AdoptedArticle
from charter.drafting.models.comments import Comment
from charter.drafting.models.consents import STANDING, Consent
from charter.drafting.models.texts import CHARTER, REF_BYTES, Article, Text, new_ref
from charter.drafting.models.voice import Spokesperson

__all__ = ["CHARTER", "REF_BYTES", "STANDING", "AdoptedArticle", "Article", "Comment", "Consent", "Spokesperson", "Text", "new_ref"]
