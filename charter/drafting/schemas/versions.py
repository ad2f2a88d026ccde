"""Versions, comparisons, authors, roads: forms and API."""

from __future__ import annotations

from marshmallow import Schema, fields

from charter.adapters.http.forms import REQUIRED
from charter.drafting.models import Version, VersionWhy
from charter.drafting.schemas.articles import ArticleView
from charter.i18n import gettext
from charter.i18n import lazy_gettext as _l
from workflows.base import N_

WHY_LABELS = {
    VersionWhy.begun: N_("Début de l’écriture"),
    VersionWhy.quiet: N_("Gardée après une pause"),
    VersionWhy.daily: N_("Gardée en cours de journée"),
    VersionWhy.named: N_("Nommée"),
    VersionWhy.round: N_("Gardée pour un tour d’accord"),
    VersionWhy.amendment: N_("Gardée avant un amendement"),
    VersionWhy.import_: N_("Gardée avant un import"),
    VersionWhy.restore: N_("Gardée avant un rétablissement"),
    VersionWhy.adoption: N_("Charte adoptée"),
}


def why(version: Version) -> str:
    """Why it was kept, said."""
    return gettext(WHY_LABELS[version.why])


class VersionForm(Schema):
    """The name of a version."""

    name = fields.Str(required=True, error_messages=REQUIRED, metadata={"label": _l(N_("Nom de la version"))})
    note = fields.Str(load_default="", metadata={"label": _l(N_("Note")), "empty": True})


class RestoreForm(Schema):
    """What to restore of a version: the refs of its articles; all of them when none is chosen."""

    articles = fields.List(fields.Str(), load_default=list, metadata={"label": _l(N_("Articles à rétablir"))})
    remove_added = fields.Bool(load_default=False, metadata={"label": _l(N_("Articles ajoutés depuis"))})


class VersionIn(Schema):
    """API: a version to keep under a name."""

    name = fields.Str(required=True)
    note = fields.Str(load_default="")


class RestoreIn(Schema):
    """API: the refs of the articles to restore (all when empty), and whether those added since are taken out."""

    articles = fields.List(fields.Str(), load_default=list)
    remove_added = fields.Bool(load_default=False)


class VersionView(Schema):
    """A version. `sha256`: of the RFC 8785 JSON of {"title", "version", "articles": [sha256, in order]}."""

    ref = fields.Str()
    number = fields.Int()
    why = fields.Function(lambda version: version.why.value)
    label = fields.Function(lambda version: why(version))
    name = fields.Str()
    note = fields.Str()
    at = fields.Raw()
    person = fields.Function(lambda version: version.person.display_name if version.person else "")
    sha256 = fields.Str()


class VersionOut(VersionView):
    """API: the same, dates in ISO 8601."""

    at = fields.DateTime()  # type: ignore[assignment]


class VersionWordsOut(VersionOut):
    """API: a version with its articles."""

    articles = fields.List(fields.Nested(ArticleView))


class RestoredOut(Schema):
    """API: what restoring did, and the version that holds the state before."""

    changed = fields.List(fields.Str())
    returned = fields.List(fields.Str())
    removed = fields.List(fields.Str())
    moved = fields.Bool()
    kept = fields.Nested(VersionOut)


class RunOut(Schema):
    """API: words and their fate: kept, added, removed, formatted."""

    kind = fields.Str()
    text = fields.Str()
    note = fields.Str()
    marks = fields.List(fields.Str())


class PieceOut(Schema):
    """API: a block and its fate; `inside`: kept blocks folded together."""

    kind = fields.Str()
    block = fields.Str()
    label = fields.Str()
    note = fields.Str()
    runs = fields.List(fields.Nested(RunOut))
    inside = fields.List(fields.Nested(lambda: PieceOut()))


class ArticleChangeOut(Schema):
    """API: what became of an article between two versions; its number before and after."""

    ref = fields.Str()
    title = fields.Str()
    kind = fields.Str()
    before = fields.Int()
    after = fields.Int()
    moved = fields.Bool()
    summary = fields.Function(lambda change: change.pieces.summary)
    pieces = fields.List(fields.Nested(PieceOut))


class ShareOut(Schema):
    """API: how many words a party wrote; `party` is empty for words of the starting text."""

    party = fields.Str()
    words = fields.Int()


class AuthoredRunOut(Schema):
    """API: words and the party that wrote them."""

    text = fields.Str()
    party = fields.Str()
    person = fields.Str()


class AuthoredOut(Schema):
    """API: an article, who wrote each run of it, and shares in words."""

    ref = fields.Str()
    number = fields.Int()
    title = fields.Str()
    shares = fields.List(fields.Nested(ShareOut))
    runs = fields.List(fields.List(fields.Nested(AuthoredRunOut)))


class StepOut(Schema):
    """API: a step of an article's road."""

    at = fields.DateTime()
    kind = fields.Str()
    label = fields.Str()
    actor = fields.Str()
    party = fields.Function(lambda step: step["party"]["ref"] if step["party"] else "")
    reason = fields.Str()
    ref = fields.Str()
    consent = fields.Str(attribute="word")
    fate = fields.Str()
