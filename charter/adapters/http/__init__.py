"""Flask, met by the rooms through this door: the request's unit of work, who asks, access rules, forms, pages and problems."""

from charter.adapters.http.access import allowed, inside, operator_only, public, signed_in
from charter.adapters.http.forms import Form
from charter.adapters.http.render import page, partial
from charter.adapters.http.requests import client_address, current_work, engine, me, standing
from charter.adapters.http.security import limiter, takes_files

__all__ = [
    "Form",
    "allowed",
    "client_address",
    "current_work",
    "engine",
    "inside",
    "limiter",
    "me",
    "operator_only",
    "page",
    "partial",
    "public",
    "signed_in",
    "standing",
    "takes_files",
]
