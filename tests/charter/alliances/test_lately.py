"""What happened lately, as the overview tells it."""

from __future__ import annotations

from charter.alliances.pages import _together


def test_the_same_said_again_and_again_is_one_line() -> None:
    told = [
        {"actor": actor, "label": label}
        for actor, label in (("Léa", "a dit oui"), ("Léa", "a dit oui"), ("Tom", "a dit oui"), ("Léa", "a dit oui"))
    ]
    assert [(one["actor"], one["times"]) for one in _together(told)] == [("Léa", 2), ("Tom", 1), ("Léa", 1)]
