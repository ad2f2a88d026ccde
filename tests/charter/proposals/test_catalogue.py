"""The catalogue: nine models, seventeen goals, keys that are told apart, both languages."""

from __future__ import annotations

import pytest

from charter.proposals import catalogue
from charter.proposals.catalogue import CATEGORIES, GOALS, MODELS, MODELS_FILE, CatalogueError, model_number, read_models


def test_nine_models_in_four_categories() -> None:
    assert [model.label for model in MODELS] == [
        "Mécénat classique",
        "Engagement actif",
        "R&D sociale",
        "Partage d’expertise",
        "Modèle hybride",
        "Coopération économique",
        "Alternative d’intérêt général",
        "Audit des pratiques",
        "Prestation de services",
    ]
    assert [sum(model.category == category.key for model in MODELS) for category in CATEGORIES] == [2, 2, 3, 2]
    assert (model_number("hybrid"), model_number("")) == (5, 0)


def test_seventeen_goals() -> None:
    assert [goal.number for goal in GOALS] == list(range(1, 18))
    assert GOALS[catalogue.ALLIANCE_GOAL - 1].label == "Partenariats pour la réalisation des objectifs"


@pytest.mark.parametrize(
    "name", ["MODELS", "CATEGORIES", "GOALS", "DOMAINS", "OBJECTIVES", "LEVERS", "MEANS", "POSTURES", "MONEY", "TERRITORIAL_FUNCTIONS"]
)
def test_every_choice_is_whole(name: str) -> None:
    entries = getattr(catalogue, name)
    assert len(catalogue.by_key(entries)) == len(entries)
    for entry in entries:
        assert entry.said("fr") == entry.label and entry.said("en") == entry.label_en
        assert entry.label and entry.label_en and bool(entry.hint) == bool(entry.hint_en)


def test_a_category_may_be_edited_but_not_invented() -> None:
    text = MODELS_FILE.read_text("utf-8")
    edited = text.replace('number = 5\ncategory = "economic_cooperation"', 'number = 5\ncategory = "societal_innovation"')
    assert read_models(edited)[1][4].category == "societal_innovation"
    with pytest.raises(CatalogueError):
        read_models(text.replace('number = 5\ncategory = "economic_cooperation"', 'number = 5\ncategory = "unknown"'))
    with pytest.raises(CatalogueError):
        read_models(text.replace("number = 5", "number = 6"))
