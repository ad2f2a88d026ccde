"""The evidence's data as its template reads it: sentences, dates in the alliance's own zone, which is always said (promise 9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from charter.i18n import enumerate_words, format_date, format_datetime, gettext
from charter.signing.evidence.plain import Data
from charter.signing.services.reading import READ, WAYS
from workflows.base import N_
from workflows.visas import ApproverStatus

STEPS: Mapping[str, str] = {
    "opened": N_("Documents ouverts"),
    READ: N_("Document lu jusqu’au bout"),
    "code_sent": N_("Code envoyé"),
    "code_wrong": N_("Code refusé"),
    "code_right": N_("Identité vérifiée par le code"),
    "passkey_wrong": N_("Clé d’accès refusée"),
    "passkey_right": N_("Identité vérifiée par la clé d’accès"),
    "left": N_("Signature confiée au prestataire"),
    "delegated": N_("Signature confiée par délégation à"),
    "delegation_ended": N_("Délégation levée, le titulaire signe :"),
    "confirmed": N_("Consentement donné"),
    "sealed": N_("Signature apposée"),
    "seal_failed": N_("Signature non apposée"),
    "reminded": N_("Relance envoyée"),
    "recalled": N_("Rappel automatique envoyé"),
    "visa_reminded": N_("Relance envoyée, pour le visa, à"),
    "visa_recalled": N_("Rappel automatique envoyé, pour le visa, à"),
}
METHODS: Mapping[str, str] = {"code": N_("code par courriel"), "passkey": N_("clé d’accès (passkey)")}
VISAS = {
    ApproverStatus.awaited: N_("Visa demandé, non rendu"),
    ApproverStatus.approved: N_("Visa donné"),
    ApproverStatus.refused: N_("Visa refusé"),
}
VOICES = {"agree": N_("d’accord"), "reservation": N_("d’accord, avec une réserve"), "objection": N_("objection")}


def laid_out(told: Data, verify_url: str) -> Data:
    """Everything the template shows but the cover's parties and the chronology, in the current language."""
    zone = ZoneInfo(told["zone"])
    single = told["about"]["scope"] == "signatory"
    name = told["signatories"][0]["name"] if single else ""
    return {
        "lang": "fr",
        "title": gettext(N_("Dossier de preuve")),
        "about": gettext(N_("La signature de %(name)s"), name=name) if single else "",
        "alliance": told["alliance"]["title"],
        "reference": told["envelope"]["ref"],
        "purpose": "",
        "draft": False,
        "level_statement": _statement(told),
        "proves": told["proves"],
        "does_not_prove": told["does_not_prove"],
        "files": [_file(one, zone) for one in told["documents"]],
        "summary": [] if single else [_row(one, zone) for one in told["signatories"]],
        "signatories": [_Person(one, told, zone).shown() for one in told["signatories"]],
        "articles": [_article(one, zone) for one in told["charter"]["articles"]],
        "charter_sha256": told["charter"]["sha256"],
        "joined": told["files"],
        "journal_head": told["journal"]["head"],
        "journal_length": told["journal"]["length"],
        "verify_url": verify_url,
    }


def _statement(told: Data) -> str:
    law = gettext(N_("Les signatures sont électroniques au sens des articles 1366 et 1367 du code civil."))
    return f"{law} {told['level']['label']}."


def _file(document: Data, zone: ZoneInfo) -> Data:
    archives = [_moment(one["token"]["time"], zone) for one in document["archives"] if one["token"]]
    return {
        "title": document["title"],
        "name": document["name"],
        "pages": document["pages"],
        "size": gettext(N_("%(n)s ko"), n=max(1, round(document["size"] / 1024))),
        "original_sha256": document["original_sha256"],
        "sha256": document["signed_sha256"],
        "archived": enumerate_words(archives),
        "certified": enumerate_words([*_certified(document, zone)]),
        "stamped": enumerate_words(list(dict.fromkeys(_stamped(document)))),
    }


def _certified(document: Data, zone: ZoneInfo) -> Iterator[str]:
    """The service's own signature, made before anybody's; a file signed elsewhere has none."""
    for one in document["revisions"]:
        if not one["signatory"]:
            told = {"at": _moment(one["timestamp"], zone), "serial": one["certificate"]["serial"]}
            yield gettext(N_("Certifié par la plateforme le %(at)s, avant toute signature (certificat n° %(serial)s)"), **told)


def _stamped(document: Data) -> Iterator[str]:
    """Each timestamping authority, and the policy it stamps under."""
    for one in document["revisions"]:
        if one["token"]:
            told = {name: one["token"][name] for name in ("authority", "policy")}
            yield gettext(N_("%(authority)s (politique %(policy)s)"), **told)


def _row(person: Data, zone: ZoneInfo) -> Data:
    method = METHODS.get(person["identification"].get("method", ""))
    return {
        "name": person["name"],
        "capacity": person["capacity"],
        "organisation": person["organisation"],
        "method": gettext(method) if method else "",
        "at": _moment(person["signed_at"], zone),
    }


class _Person:
    """One signatory's facts: label, and text or code."""

    def __init__(self, person: Data, told: Data, zone: ZoneInfo) -> None:
        self._person, self._told, self._zone = person, told, zone

    def shown(self) -> Data:
        """What the template needs."""
        names = ("name", "organisation", "email", "capacity")
        facts = [*self._authority(), *self._steps(), *self._consent()]
        return {**{name: self._person[name] for name in names}, "facts": facts, "seals": list(self._seals())}

    def _authority(self) -> Iterator[Data]:
        authority = self._person["authority"]
        if holder := authority["delegate_of"]:
            who = ", ".join(part for part in (holder["name"], holder["capacity"]) if part)
            yield _fact(gettext(N_("Par délégation de")), who)
        if decided := authority["deliberation"]:
            day = format_date(date.fromisoformat(decided["date"]))
            yield _fact(gettext(N_("Délibération")), gettext(N_("n° %(number)s du %(day)s"), number=decided["number"], day=day))
        for proof in authority["proofs"]:
            given = gettext(
                N_("%(file)s, versée par %(who)s le %(at)s. SHA-256 :"),
                file=proof["filename"],
                who=proof["added_by"],
                at=_moment(proof["added_at"], self._zone),
            )
            yield _fact(proof["label"], given, proof["sha256"])
        for visa in authority["approvals"]:
            said, status = [visa["name"], _moment(visa["at"], self._zone), visa["reason"]], ApproverStatus(visa["status"])
            yield _fact(gettext(VISAS[status]), ", ".join(part for part in said if part))

    def _steps(self) -> Iterator[Data]:
        places = {(one["address"], one["browser"]) for one in self._person["steps"] if one["address"] or one["browser"]}
        for one in self._person["steps"]:
            where = _place(one["address"], one["browser"]) if len(places) > 1 else ""
            kind, detail = one["kind"], self._detail(one)
            parts = [_moment(one["at"], self._zone), detail, where]
            yield _fact(gettext(STEPS.get(kind, kind)), " · ".join(part for part in parts if part))
        if len(places) == 1:
            yield _fact(gettext(N_("Tout cela depuis")), _place(*places.pop()))
        if key := self._person["identification"].get("key_id"):
            yield _fact(gettext(N_("Clé d’accès n°")), code=key)

    def _detail(self, step: Data) -> str:
        if step["kind"] != READ:
            return str(step["detail"])
        kind, way, _sha256 = [*step["detail"].split(" "), "", "", ""][:3]
        title = next((one["title"] for one in self._told["documents"] if one["kind"] == kind), kind)
        return gettext(N_("« %(title)s » : %(way)s"), title=title, way=gettext(WAYS[way]) if way in WAYS else way)

    def _consent(self) -> Iterator[Data]:
        yield _fact(gettext(N_("Consentement, mot pour mot")), self._person["consent_sentence"])

    def _seals(self) -> Iterator[Data]:
        for document in self._told["documents"]:
            for one in document["revisions"]:
                if one["signatory"] == self._person["ref"]:
                    yield {"title": document["title"], "facts": list(self._seal(one))}

    def _seal(self, one: Data) -> Iterator[Data]:
        token, certificate = one["token"], one["certificate"]
        yield _fact(gettext(N_("Signée le")), f"{_moment(one['timestamp'], self._zone)} · {one['level']}")
        if token:
            yield _fact(gettext(N_("Horodatage n°")), code=token["serial"])
        yield _fact(gettext(N_("Certificat n°")), code=certificate["serial"])
        yield _fact(gettext(N_("Son empreinte")), code=certificate["sha256"])
        if one["message"]:
            yield _fact(gettext(N_("Ce qui est signé")), code=one["message"]["digest"])
        yield _fact(gettext(N_("Fichier obtenu")), code=one["sha256"])


def _article(one: Data, zone: ZoneInfo) -> Data:
    return {
        "number": one["number"],
        "title": one["title"],
        "sentence": one["sentence"],
        "matches": one["matches"],
        "sha256": one["sha256"],
        "consents": [_consent(said, zone) for said in one["consents"]],
    }


def _consent(said: Data, zone: ZoneInfo) -> str:
    text, kind = N_("%(party)s, par %(person)s : %(voice)s, le %(at)s (journal, ligne %(line)s)"), said["kind"]
    told = gettext(
        text,
        party=said["party"],
        person=said["person"],
        voice=gettext(VOICES[kind]) if kind in VOICES else kind,
        at=_moment(said["at"], zone),
        line=said["journal_line"],
    )
    return f"{told} ; « {said['reason']} »" if said["reason"] else told


def _moment(at: str, zone: ZoneInfo) -> str:
    return format_datetime(datetime.fromisoformat(at), zone) if at else ""


def _place(address: str, browser: str) -> str:
    parts: Sequence[str] = (gettext(N_("adresse %(address)s"), address=address) if address else "", browser)
    return " · ".join(part for part in parts if part)


def _fact(label: str, text: str = "", code: str = "") -> dict[str, Any]:
    return {"label": label, "text": text, "code": code}
