"""The alliance's own glossary over HTTP."""

from __future__ import annotations

from charter.adapters.http import current_work, inside, me, standing
from charter.drafting import services
from charter.drafting.api.blueprint import api
from charter.drafting.models import DefinedTerm
from charter.drafting.schemas import TermIn, TermView


@api.get("/terms")
@api.response(200, TermView(many=True))
@inside("alliance.see")
def terms(alliance_ref: str) -> list[DefinedTerm]:
    """The words the alliance defines, in alphabetical order."""
    return services.terms(current_work(), standing().alliance)


@api.post("/terms")
@api.arguments(TermIn)
@api.response(201, TermView)
@inside("drafting.edit")
def define(data: dict[str, str], alliance_ref: str) -> DefinedTerm:
    """Defines a word."""
    return services.define_term(current_work(), standing().alliance, me(), **data)


@api.put("/terms/<term_ref>")
@api.arguments(TermIn)
@api.response(200, TermView)
@inside("drafting.edit")
def redefine(data: dict[str, str], alliance_ref: str, term_ref: str) -> DefinedTerm:
    """Says it otherwise; the former definition stays in the record."""
    return services.redefine_term(current_work(), standing().alliance, me(), term_ref, **data)


@api.delete("/terms/<term_ref>")
@api.response(204)
@inside("drafting.edit")
def forget(alliance_ref: str, term_ref: str) -> None:
    """The alliance does not define the word any more."""
    services.remove_term(current_work(), standing().alliance, term_ref)
