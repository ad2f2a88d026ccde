"""Who may use a route. Every view carries exactly one rule; a view without one is answered 403, so forgetting is safe.

    @public                         anybody
    @signed_in                      anybody signed in
    @operator_only                  the operator
    @inside("drafting.consent")     inside the alliance of the address (`alliance_ref`), with a role that
                                    `workflows.roles.MAY` grants the action; without an action, any standing is enough

`parties` names the statuses the visitor's party must have (« accepted » by default; the facilitator has no party and passes).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from flask import Flask, current_app, g, redirect, request
from werkzeug.wrappers import Response

from charter.adapters.http.render import page
from charter.adapters.http.requests import current_work, hooks, is_api, me, standing
from charter.errors import Forbidden, NotFound
from charter.i18n import gettext
from workflows.base import N_
from workflows.roles import MAY, may

V = TypeVar("V", bound=Callable[..., Any])
FREE_ENDPOINTS = frozenset({"static", "api-docs.openapi_json"})


@dataclass(frozen=True)
class Rule:
    """What a route asks of its visitor; `kind` in public | signed_in | operator | inside."""

    kind: str
    action: str = ""
    parties: frozenset[str] = frozenset({"accepted"})


def _tag(view: V, rule: Rule) -> V:
    view.access_rule = rule  # type: ignore[attr-defined]
    return view


def public(view: V) -> V:
    """Anybody."""
    return _tag(view, Rule("public"))


def signed_in(view: V) -> V:
    """Anybody signed in."""
    return _tag(view, Rule("signed_in"))


def operator_only(view: V) -> V:
    """The operator of this server."""
    return _tag(view, Rule("operator"))


def inside(action: str = "", *, parties: Iterable[str] = ("accepted",)) -> Callable[[V], V]:
    """A person of the alliance, with a role `MAY` grants `action`. Raises KeyError at import for an action nobody defined."""
    if action:
        MAY[action]
    return partial(_tag, rule=Rule("inside", action, frozenset(parties)))


def rule_of(app: Flask, endpoint: str) -> Rule | None:
    """The rule of an endpoint; a MethodView carries it per method (`get`, `post`…), looked up for the current method."""
    view = app.view_functions[endpoint]
    found = getattr(view, "access_rule", None)
    if found is None and hasattr(view, "view_class"):
        method = getattr(view.view_class, request.method.lower(), None)
        found = getattr(method, "access_rule", None)
    return found


def install(app: Flask) -> None:
    """Checks each request against its route's rule, before the view. (CSRF is checked earlier: it knows nothing of the route.)"""

    @app.before_request
    def check() -> Response | None:
        endpoint = request.endpoint
        if endpoint is None or endpoint in FREE_ENDPOINTS:
            return None
        rule = rule_of(app, endpoint)
        if rule is None:
            raise Forbidden
        return enforce(rule)


def enforce(rule: Rule) -> Response | None:
    """Applies a rule to this request. A stranger is sent to the sign-in page (pages) or refused (API). Raises Forbidden, NotFound."""
    if rule.kind == "public":
        return None
    visitor = me()
    if visitor is None:
        return _ask_to_sign_in()
    if rule.kind == "operator" and not visitor.is_operator:
        raise Forbidden
    if rule.kind == "inside":
        _stand(rule, visitor)
    return None


def keeps_words(view: V) -> V:
    """A form whose words outlive the session: when it ended meanwhile, the answer carries them, to be sent again once signed in."""
    view.keeps_words = True  # type: ignore[attr-defined]
    return view


def _ask_to_sign_in() -> Response:
    if is_api():
        raise Unauthorised
    target = _wanted()
    sign_in = f"/connexion?suite={quote(target)}" if target not in {"", "/"} else "/connexion"
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method == "POST" and getattr(view, "keeps_words", False):
        words = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
        return page("errors/signed_out.html", 401, words=words, action=request.path, sign_in=sign_in)
    return redirect(sign_in)


def _wanted() -> str:
    """Where to come back: this page, or the one of ours whose form was sent."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    came = urlsplit(request.referrer or "")
    return (came.path + (f"?{came.query}" if came.query else "")) if came.netloc == request.host else ""


class Unauthorised(Forbidden):
    """No valid token came with an API request."""

    status = 401
    title = N_("Un jeton d’accès valable est nécessaire (en-tête Authorization: Bearer)")


def allowed(action: str) -> bool:
    """Whether the visitor's roles grant `action` in the alliance of this address. Raises KeyError for an action nobody defined."""
    here = standing()
    return may(action, here.roles, facilitator=here.facilitator, leading=here.leading)


def _stand(rule: Rule, visitor: Any) -> None:
    ref = (request.view_args or {}).get("alliance_ref", "")
    here = hooks().standing(current_work(), visitor, ref)
    g.standing = here
    if here.party is not None and not here.facilitator and here.party.status not in rule.parties:
        raise NotFound(gettext(N_("Votre organisation n’a pas accès à cette page de l’alliance.")))
    if rule.action and not allowed(rule.action):
        raise Forbidden(N_("Votre rôle dans cette alliance ne permet pas cette action. Demandez au référent de votre organisation."))
