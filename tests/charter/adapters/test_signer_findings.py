"""How findings are worded: people are named, the service's own certification is nobody's signature."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from charter.adapters.signer.checks import SignatureCheck
from charter.adapters.signer.findings import Found, alterations
from charter.i18n import say, speaking


def made(kind: type[Any], **given: object) -> Any:
    """An instance whose other fields are empty."""
    return kind(**{one.name: given.get(one.name) for one in fields(kind)})


def reasons(*names: tuple[str, bool]) -> list[str]:
    """What is said when no signature matches its bytes: each a name, and whether it is the certification."""
    checks = [made(SignatureCheck, name=name, field="f", intact=False, certification=certification) for name, certification in names]
    with speaking("fr"):
        return [say(one) for one in alterations(made(Found, signatures=checks, archives=(), changes=()))]


def test_a_file_spoiled_names_those_who_signed_it_not_the_service() -> None:
    assert reasons(("Service", True), ("Amina Benali", False)) == ["Le contenu ne correspond pas à ce qu’Amina Benali a signé"]
    several = reasons(("Service", True), ("Amina Benali", False), ("Zoé Nguyen", False))
    assert several == ["Le contenu n’est pas celui que ces personnes ont signé : Amina Benali, Zoé Nguyen"]


def test_the_service_alone_is_named() -> None:
    assert reasons(("Service", True)) == ["Le contenu ne correspond pas à ce que Service a signé"]
