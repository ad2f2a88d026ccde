"""A refused form keeps everything typed, names each field, and leaves the database as it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from marshmallow import Schema, fields, validate
from sqlalchemy import select
from werkzeug.wrappers import Response

from charter.accounts import services as accounts
from charter.accounts.models import Person, SignInLink
from charter.adapters import outbox
from charter.adapters.http import Form, current_work, page, public
from charter.adapters.http.forms import REQUIRED
from charter.app import make_app
from charter.config import Settings
from charter.errors import Invalid
from charter.work import Engine
from tests import factories
from tests.processes import free_port

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Sample(Schema):
    """One field of each sort."""

    title = fields.Str(required=True, error_messages=REQUIRED, metadata={"label": "Titre"})
    amount = fields.Int(load_default=0, metadata={"label": "Montant"})
    goals = fields.List(fields.Str(validate=validate.OneOf(["a", "b"], error="Choisissez dans la liste")), load_default=list)
    word = fields.Str(load_default="rien", metadata={"empty": True})


def read(data: dict[str, str | list[str]]) -> tuple[Form, bool]:
    with Flask("essai").test_request_context("/", method="POST", data=data):
        form = Form(Sample())
        return form, form.read()


def test_what_is_right_is_read() -> None:
    form, well = read({"title": " Un sas ", "amount": "12", "goals": ["a", "", "b"], "word": ""})
    assert well
    assert form.data == {"title": "Un sas", "amount": 12, "goals": ["a", "b"], "word": ""}


def test_what_is_empty_takes_its_default() -> None:
    form, well = read({"title": "Un sas", "amount": ""})
    assert well
    assert form.data == {"title": "Un sas", "amount": 0, "goals": [], "word": "rien"}


def test_what_is_wrong_is_named_in_the_forms_order_and_all_is_kept() -> None:
    form, well = read({"goals": ["z"], "amount": "douze", "title": "  ", "word": "un mot"})
    assert not well
    assert [(name, label) for name, label, _message in form.all_errors] == [("title", "Titre"), ("amount", "Montant"), ("goals", "")]
    assert form.errors("title") == ["Cette réponse est nécessaire"]
    assert form.errors("goals") == ["Choisissez dans la liste"]
    assert (form.value("amount"), form.values("goals"), form.value("word")) == ("douze", ["z"], "un mot")


def test_what_a_service_refuses_is_named_too() -> None:
    form, _well = read({"title": "Un sas"})
    form.refuse(Invalid({"title": ["Ce titre est pris"]}))
    form.refuse(Invalid(message="Rien ne va"))
    assert form.all_errors == [("", "", "Rien ne va"), ("title", "Titre", "Ce titre est pris")]
    assert form.value("title") == "Un sas"


def test_a_first_showing_has_the_values_given() -> None:
    form = Form(Sample(), {"title": "Un sas", "goals": ["a"], "word": None})
    assert (form.value("title"), form.values("goals"), form.value("word"), form.value("amount")) == ("Un sas", ["a"], "", "")
    assert form.all_errors == []


@SQLITE
def test_a_refused_page_keeps_what_was_typed(engine: Engine, signed_in: Callable[[Person], FlaskClient]) -> None:
    with engine.work() as work:
        lea = factories.person(work, "Léa Roche")
    answer = signed_in(lea).post("/compte", data={"name": "Léa <Roche-Martin>", "language": "de"})
    assert answer.status_code == 422
    assert 'value="Léa &lt;Roche-Martin&gt;"' in answer.text
    assert 'id="f-language-error"' in answer.text
    with engine.work(write=False) as work:
        assert work.get(Person, lea.id).name == "Léa Roche"


@SQLITE
def test_what_a_view_wrote_before_refusing_is_not_kept(app: Flask, engine: Engine) -> None:
    @public
    def refuse() -> Response:
        accounts.ask_link(current_work(), "lea@exemple.fr")
        return page("accounts/sign_in.html", 422, form=Form(Sample()))

    app.add_url_rule("/essai", "essai", refuse, methods=["POST"])
    assert app.test_client().post("/essai").status_code == 422
    with engine.work(write=False) as work:
        assert work.session.scalars(select(SignInLink)).all() == []
        assert outbox.due(work) == []


@SQLITE
def test_templates_get_no_row(app: Flask) -> None:
    @public
    def leak() -> Response:
        return page("accounts/link_sent.html", email={"deep": [accounts.know(current_work(), "lea@exemple.fr")]})

    app.add_url_rule("/essai", "essai", leak, methods=["POST"])
    app.config["PROPAGATE_EXCEPTIONS"] = True
    assert app.test_client().post("/essai").status_code == 500


@SQLITE
def test_pages_work_while_redis_is_away(settings: Settings, engine: Engine) -> None:
    away = replace(settings, redis_url=f"redis://127.0.0.1:{free_port()}/0", rate_limits=True)
    without = Engine(away, engine.clock)
    made = make_app(away, without)
    made.config["WTF_CSRF_ENABLED"] = False
    browser = made.test_client()
    try:
        assert browser.post("/connexion", data={"email": "lea@exemple.fr"}).status_code == 200
        assert browser.get("/readyz").get_json()["checks"] == {"database": "ok", "broker": "away", "storage": "ok"}
        with without.work(write=False) as work:
            assert len(outbox.due(work)) == 1
    finally:
        outbox.nudge_through(lambda row_id: None)
        without.close()
