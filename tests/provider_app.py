"""The API of the provider of tests, as strict as the documentation it follows (ADR 26)."""

from __future__ import annotations

import hashlib
import re
import uuid
from datetime import date
from typing import Any

from flask import Flask, Response, jsonify, redirect, request
from werkzeug.exceptions import HTTPException

from tests.provider import KEY, Fault, Paper, Provider, Request, Signer
from tests.provider_hand import trail

LEVELS = {"electronic_signature": {"otp_email", "otp_sms", "no_otp"}, "advanced_electronic_signature": {"otp_sms"}}
ORDER = {"name", "delivery_mode", "ordered_signers", "timezone", "external_id", "signers_allowed_to_decline", "audit_trail_locale"}
ORDER_TOO = {"expiration_date"}
SIGNER = {"info", "signature_level", "signature_authentication_mode", "fields", "redirect_urls"}
INFO = {"first_name", "last_name", "email", "locale"}
PLACE = {"document_id", "type", "page", "x", "y", "width", "height"}


PAGE = """<!doctype html><html lang="fr"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Prestataire</title>
<h1>{first_name} {last_name}</h1><form method="post"><button>Signer les documents</button></form></html>"""


class Wrong(Exception):
    """A call that is not of the shape documented."""


def _require(told: bool, what: str) -> None:
    if not told:
        raise Wrong(what)


def _keys(told: Any, needed: set[str], allowed: set[str] = frozenset()) -> None:  # type: ignore[assignment]
    _require(isinstance(told, dict) and needed <= set(told) <= needed | set(allowed), f"keys {sorted(told)} for {sorted(needed)}")


def application(provider: Provider) -> Flask:
    """Its API, and the page a signature link leads to."""
    app = Flask("provider")
    base = "/v3/signature_requests"

    def found(request_id: str, *statuses: str) -> Request:
        one = provider.requests.get(request_id)
        if one is None:
            raise LookupError(request_id)
        _require(not statuses or one.status in statuses, f"the request is {one.status}")
        return one

    @app.before_request
    def arrive() -> Response | None:
        if not request.path.startswith("/v3/"):
            return None
        call = f"{request.method} {request.path.removeprefix('/v3')}"
        with provider.lock:
            provider.calls.append(call)
            request.environ["fault"] = _fault(provider, call)
        fault = request.environ["fault"]
        if fault is not None and not fault.after:
            return _failed(provider, fault)
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return _problem(401, "invalid key")
        return None

    @app.after_request
    def leave(response: Response) -> Response:
        fault = request.environ.get("fault")
        return _failed(provider, fault) if fault is not None and fault.after else response

    @app.errorhandler(Exception)
    def wrong(error: Exception) -> Response:
        if isinstance(error, HTTPException):
            return _problem(error.code or 500, error.name)
        status = 404 if isinstance(error, LookupError) else 400 if isinstance(error, (Wrong, ValueError)) else 500
        return _problem(status, f"{type(error).__name__}: {error}")

    @app.get(base)
    def listed() -> Response:
        _require(set(request.args) <= {"external_id[eq]", "limit", "after"}, "unknown filter")
        wanted = request.args.get("external_id[eq]")
        told = [provider.request_view(one) for one in provider.requests.values() if one.order["external_id"] == wanted]
        return jsonify(meta={"next_cursor": None}, data=told)

    @app.post(base)
    def create() -> tuple[Response, int]:
        order = request.get_json()
        _keys(order, ORDER, ORDER_TOO)
        _require(order["delivery_mode"] in {"none", "email"} and isinstance(order["ordered_signers"], bool), "delivery or order")
        _require(0 < len(order["name"]) <= 128 and "/" in order["timezone"], "name or timezone")
        if "expiration_date" in order:
            date.fromisoformat(order["expiration_date"])
        made = Request(str(uuid.uuid4()), order)
        provider.requests[made.id] = made
        return jsonify(provider.request_view(made)), 201

    @app.get(f"{base}/<request_id>")
    def state(request_id: str) -> Response:
        return jsonify(provider.request_view(found(request_id)))

    @app.delete(f"{base}/<request_id>")
    def discard(request_id: str) -> tuple[str, int]:
        found(request_id, "draft", "done", "declined", "expired", "canceled")
        del provider.requests[request_id]
        return "", 204

    @app.get(f"{base}/<request_id>/documents")
    def documents(request_id: str) -> Response:
        return jsonify([_paper(one) for one in found(request_id).papers.values()])

    @app.post(f"{base}/<request_id>/documents")
    def upload(request_id: str) -> tuple[Response, int]:
        one, file = found(request_id, "draft"), request.files["file"]
        _require(set(request.form) <= {"nature", "parse_anchors"} and request.form["nature"] == "signable_document", "form")
        content = file.read()
        _require(content.startswith(b"%PDF-") and file.mimetype == "application/pdf" and bool(file.filename), "not a PDF")
        paper = Paper(str(uuid.uuid4()), str(file.filename), content, content)
        one.papers[paper.id] = paper
        return jsonify(_paper(paper)), 201

    @app.get(f"{base}/<request_id>/signers")
    def signers(request_id: str) -> Response:
        one = found(request_id)
        return jsonify([provider.signer_view(one, signer) for signer in one.signers.values()])

    @app.post(f"{base}/<request_id>/signers")
    def add_signer(request_id: str) -> tuple[Response, int]:
        one, told = found(request_id, "draft"), request.get_json()
        _keys(told, SIGNER)
        _check_signer(one, told)
        signer = Signer(str(uuid.uuid4()), told["info"], told["signature_level"], told["fields"], told["redirect_urls"]["success"])
        one.signers[signer.id] = signer
        return jsonify(provider.signer_view(one, signer)), 201

    @app.get(f"{base}/<request_id>/signers/<signer_id>")
    def signer(request_id: str, signer_id: str) -> Response:
        one = found(request_id)
        return jsonify(provider.signer_view(one, one.signers[signer_id]))

    @app.post(f"{base}/<request_id>/activate")
    def activate(request_id: str) -> tuple[Response, int]:
        one = found(request_id, "draft")
        _require(bool(one.papers and one.signers), "nothing to sign, or nobody to")
        _require(all({each["document_id"] for each in who.fields} == set(one.papers) for who in one.signers.values()), "a field lacks")
        one.status = "ongoing"
        provider.invite(one)
        return jsonify(provider.request_view(one)), 201

    @app.post(f"{base}/<request_id>/cancel")
    def cancel(request_id: str) -> tuple[Response, int]:
        one, told = found(request_id, "approval", "ongoing"), request.get_json()
        _keys(told, {"reason"}, {"custom_note"})
        _require(told["reason"] in {"contractualization_aborted", "errors_in_document", "other"}, "reason")
        one.status = "canceled"
        return jsonify(provider.request_view(one)), 201

    @app.post(f"{base}/<request_id>/reactivate")
    def reactivate(request_id: str) -> tuple[Response, int]:
        one, told = found(request_id, "expired"), request.get_json()
        _keys(told, {"expiration_date"})
        one.order["expiration_date"], one.status = date.fromisoformat(told["expiration_date"]).isoformat(), "ongoing"
        return jsonify(provider.request_view(one)), 201

    @app.get(f"{base}/<request_id>/documents/<document_id>/download")
    def download(request_id: str, document_id: str) -> Response:
        return Response(found(request_id).papers[document_id].pdf, mimetype="application/pdf")

    @app.get(f"{base}/<request_id>/signers/<signer_id>/audit_trails/download")
    def audit(request_id: str, signer_id: str) -> Response:
        who = found(request_id).signers[signer_id]
        _require(who.status == "signed", "not signed")
        return Response(trail([f"Audit trail {who.id}", who.info["email"], who.level]), mimetype="application/pdf")

    @app.route("/signatures/<request_id>/<signer_id>", methods=["GET", "POST"])
    def hosted(request_id: str, signer_id: str) -> Any:
        who = found(request_id).signers[signer_id]
        if request.method == "POST":
            provider.sign(who.info["email"])
            return redirect(who.redirect, 303)
        return PAGE.format(**who.info)

    return app


def _check_signer(one: Request, told: dict[str, Any]) -> None:
    info, level = told["info"], told["signature_level"]
    _keys(info, INFO, {"phone_number"})
    _require(all(isinstance(value, str) and value for value in info.values()) and "@" in info["email"], "info")
    _require(info["locale"] in {"fr", "en", "de", "it", "nl", "es", "pl"}, "locale")
    if level == "qualified_electronic_signature":
        _require(told["signature_authentication_mode"] is None and one.order["ordered_signers"] is True, "qualified: order, no code")
    else:
        _require(told["signature_authentication_mode"] in LEVELS[level], "authentication mode")
    if told["signature_authentication_mode"] in {"otp_sms", None}:
        _require(bool(re.fullmatch(r"\+[1-9]\d{7,14}", info.get("phone_number", ""))), "phone_number")
    for place in told["fields"]:
        _keys(place, PLACE)
        _require(place["document_id"] in one.papers and place["type"] == "signature", "field")
        _require(place["page"] >= 1 and place["x"] >= 0 and place["y"] >= 0 and place["width"] >= 85 and place["height"] >= 37, "field")
    _require(set(told["redirect_urls"]) <= {"success", "error", "decline"}, "redirect_urls")


def _paper(paper: Paper) -> dict[str, Any]:
    told = {"id": paper.id, "filename": paper.name, "nature": "signable_document", "content_type": "application/pdf"}
    return {**told, "sha256": hashlib.sha256(paper.received).hexdigest(), "is_signed": paper.signatures > 0}


def _fault(provider: Provider, call: str) -> Fault | None:
    for one in provider.faults:
        if one.times and re.fullmatch(one.call, call):
            one.times -= 1
            return one
    return None


def _failed(provider: Provider, fault: Fault) -> Response:
    if not fault.status:
        provider.freed.wait(30)  # the caller gives up first
    made = _problem(fault.status or 500, "out of order")
    made.headers["Retry-After"] = "30"
    return made


def _problem(status: int, detail: str) -> Response:
    made = jsonify(type=str(status), detail=detail)
    made.status_code = status
    return made
