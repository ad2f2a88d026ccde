"""What co-drafting's forms and API read and show."""

from charter.drafting.schemas.articles import (
    AdoptedArticleView,
    AdoptedView,
    ArticleIn,
    ArticleView,
    MoveForm,
    NewArticleForm,
    NewArticleIn,
    TextView,
    TitleForm,
    html,
)
from charter.drafting.schemas.comments import CommentForm, CommentIn, CommentView, ThreadView
from charter.drafting.schemas.consents import (
    KIND_LABELS,
    KIND_NOTES,
    BoardRow,
    BoardView,
    ConsentForm,
    ConsentIn,
    ConsentView,
    VoiceView,
    kind_options,
)

__all__ = [
    "KIND_LABELS",
    "KIND_NOTES",
    "AdoptedArticleView",
    "AdoptedView",
    "ArticleIn",
    "ArticleView",
    "BoardRow",
    "BoardView",
    "CommentForm",
    "CommentIn",
    "CommentView",
    "ConsentForm",
    "ConsentIn",
    "ConsentView",
    "MoveForm",
    "NewArticleForm",
    "NewArticleIn",
    "TextView",
    "ThreadView",
    "TitleForm",
    "VoiceView",
    "html",
    "kind_options",
]
