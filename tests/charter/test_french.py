"""« De », « à » and « que » agree with the name that follows, in French and nowhere else."""

from __future__ import annotations

import pytest

from charter import i18n

SENTENCE = "L’avis de %(party)s, demandé à %(party)s, est celui que %(party)s donne."


@pytest.mark.parametrize(
    ("party", "said"),
    [
        (
            "Les Jardins du Coteau",
            "L’avis des Jardins du Coteau, demandé aux Jardins du Coteau, est celui que Les Jardins du Coteau donne.",
        ),
        ("Le Relais", "L’avis du Relais, demandé au Relais, est celui que Le Relais donne."),
        ("La Ruche", "L’avis de La Ruche, demandé à La Ruche, est celui que La Ruche donne."),
        ("L’Atelier", "L’avis de L’Atelier, demandé à L’Atelier, est celui que L’Atelier donne."),
        ("Association Élan", "L’avis d’Association Élan, demandé à Association Élan, est celui qu’Association Élan donne."),
        ("Lesage frères", "L’avis de Lesage frères, demandé à Lesage frères, est celui que Lesage frères donne."),
        ("Hôpital Nord", "L’avis d’Hôpital Nord, demandé à Hôpital Nord, est celui qu’Hôpital Nord donne."),
        ("Halle aux grains", "L’avis de Halle aux grains, demandé à Halle aux grains, est celui que Halle aux grains donne."),
        ("Les 100 % voisins", "L’avis des 100 % voisins, demandé aux 100 % voisins, est celui que Les 100 % voisins donne."),
    ],
)
def test_the_name_of_an_organisation(party: str, said: str) -> None:
    with i18n.speaking("fr"):
        assert i18n.gettext(SENTENCE, party=party) == said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Élise Vidal", "La signature d’Élise Vidal"),
        ("Yvonne", "La signature d’Yvonne"),
        ("Hélène Roy", "La signature d’Hélène Roy"),
        ("Yann Morel", "La signature de Yann Morel"),
    ],
)
def test_the_name_of_a_person(name: str, said: str) -> None:
    with i18n.speaking("fr"):
        assert i18n.gettext("La signature de %(name)s", name=name) == said


def test_an_article_belongs_to_a_family_name() -> None:
    with i18n.speaking("fr"):
        assert i18n.gettext("La signature de %(name)s", name="Le Goff Anne") == "La signature de Le Goff Anne"


def test_at_the_beginning_of_a_sentence_and_in_a_plural() -> None:
    with i18n.speaking("fr"):
        assert i18n.gettext("De %(party)s", party="Les Voisins") == "Des Voisins"
        assert i18n.ngettext("%(n)s avis de %(party)s", "%(n)s avis de %(party)s", 2, party="Les Voisins") == "2 avis des Voisins"


def test_english_needs_none_of_it() -> None:
    with i18n.speaking("en"):
        assert (
            i18n.gettext("L’avis de %(party)s est retiré. Vous pourrez en donner un autre.", party="Les Voisins").count("Les Voisins") == 1
        )
        assert i18n.gettext("mot inconnu de %(name)s", name="Amina") == "mot inconnu de Amina"  # in no catalogue: nothing is touched
