"""After signing in one stays on this site, whatever the link said."""

from __future__ import annotations

import pytest

from charter.accounts.services import safe_path


@pytest.mark.parametrize("path", ["/alliances/abc", "/charte?suite=1#a", "/d%C3%A9part"])
def test_a_path_of_ours_is_kept(path: str) -> None:
    assert safe_path(path) == path


@pytest.mark.parametrize(
    "path",
    ["//evil.test", "/\\evil.test", "https://evil.test", "/\t/evil.test", "/\n/evil.test", "/\r/evil.test", "/\x00/evil.test",
     "\t//evil.test", "/\\\\evil.test", "/..\\\\evil.test", "javascript:alert(1)", "", "/" + "a" * 300],
)  # fmt: skip
def test_nothing_leads_elsewhere(path: str) -> None:
    assert safe_path(path) == ""
