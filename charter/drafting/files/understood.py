"""What was understood of a file: its articles, and what was left out and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from workflows.base import N_

Node = dict[str, Any]

MOST_CHARACTERS = 400_000
MOST_ARTICLES = 200

LEFT_OUT = {
    "images": N_("Images : une charte n’est faite que de mots"),
    "drawings": N_("Zones de texte et dessins : recopiez leurs mots dans le texte s’ils comptent"),
    "objects": N_("Objets insérés (feuilles de calcul, fichiers, vidéos)"),
    "equations": N_("Équations"),
    "comments": N_("Commentaires : ceux du texte s’écrivent ici, article par article"),
    "insertions": N_("Ajouts en suivi des modifications : lus comme acceptés"),
    "deletions": N_("Suppressions en suivi des modifications : lues comme acceptées"),
    "merged_cells": N_("Cellules de tableau fusionnées : leurs mots sont dans la première, les autres sont vides"),
    "nested_tables": N_("Tableaux dans un tableau : leurs mots sont gardés, en paragraphes"),
    "contents": N_("Sommaire : celui d’ici se fait tout seul"),
    "headers": N_("En-têtes et pieds de page"),
    "macros": N_("Macros : jamais lues ni exécutées"),
    "links": N_("Liens vers un fichier, une page interne ou une adresse que le texte n’accepte pas : leurs mots sont gardés"),
    "external": N_("Contenus liés, à chercher ailleurs : jamais demandés"),
    "notes": N_("Notes de bas de page dans un titre"),
    "groupings": N_("Titres de parties au-dessus des articles"),
    "around": N_("Ce qui entoure les articles dans nos propres exports : parties, réserves, empreintes"),
    "html": N_("Balises HTML : leurs mots sont gardés"),
    "rules": N_("Traits de séparation"),
    "metadata": N_("En-tête technique du fichier"),
}
"""What an import does not take, by kind, and why."""

REASONS = {
    "empty": N_("« %(name)s » est vide. Vérifiez que c’est le bon fichier, puis choisissez-le à nouveau."),
    "too_big": N_("« %(name)s » dépasse 5 Mo. Retirez-en les images, puis choisissez-le à nouveau."),
    "kind": N_(
        "« %(name)s » n’est ni un DOCX, ni un ODT, ni un texte. Enregistrez-le sous l’un de ces formats depuis votre traitement de texte."
    ),
    "old_word": N_(
        "« %(name)s » est dans l’ancien format de Word, ou protégé par un mot de passe. Enregistrez-le en .docx sans mot de passe."
    ),
    "pdf": N_("« %(name)s » est un PDF, fait pour être lu et non repris. Choisissez le document dont il vient (DOCX, ODT)."),
    "damaged": N_(
        "« %(name)s » est abîmé ou incomplet. Ouvrez-le dans votre traitement de texte, enregistrez-le à nouveau, puis choisissez-le."
    ),
    "locked": N_("« %(name)s » est protégé par un mot de passe. Enregistrez-en une copie sans mot de passe."),
    "unsafe": N_(
        "« %(name)s » contient des déclarations qu’un document n’a pas. Enregistrez-le à nouveau depuis votre traitement de texte."
    ),
    "bomb": N_("« %(name)s » prend une place démesurée une fois ouvert. Copiez son texte dans un nouveau document."),
    "deep": N_("« %(name)s » emboîte trop de listes ou de tableaux. Simplifiez-les, puis choisissez-le à nouveau."),
    "encoding": N_("« %(name)s » n’est pas un texte en UTF-8. Enregistrez-le avec cet encodage."),
    "too_long": N_("« %(name)s » a plus de 400 000 caractères. Une charte tient en moins : gardez-en la partie utile."),
    "too_many": N_("« %(name)s » a plus de 200 articles. Une charte en a 60 au plus : regroupez-les, ou gardez-en la partie utile."),
    "no_words": N_("« %(name)s » ne contient pas de texte. S’il est fait d’images, recopiez-en les mots."),
    "slow": N_("« %(name)s » est trop compliqué pour être lu ici. Copiez son texte dans un nouveau document."),
}
"""Why a file was not read, and the mend."""


class Unreadable(ValueError):
    """The file cannot be read; `reason` is a key of REASONS."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class Block:
    """A block met in a file, in reading order: `node` of the schema; `level` of a heading (1 is the highest), 0 for the rest; `bold`: all
    its words are, so it may be a title nobody gave a style; `is_title`: the document's own title."""

    node: Node
    level: int = 0
    bold: bool = False
    is_title: bool = False


@dataclass(slots=True)
class Met:
    """All that was met in a file."""

    blocks: list[Block] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    title: str = ""


@dataclass(frozen=True, slots=True)
class ReadArticle:
    """`title` one line, `nodes` tidied."""

    title: str
    nodes: list[Node]


@dataclass(frozen=True, slots=True)
class Understood:
    """A file, read: `title` of the document ("" when it has none), articles in order, `left_out` by kind (keys of LEFT_OUT)."""

    title: str
    articles: list[ReadArticle]
    left_out: dict[str, int]

    def plain(self) -> dict[str, Any]:
        """The same, JSON-able."""
        return {
            "title": self.title,
            "articles": [{"title": one.title, "nodes": one.nodes} for one in self.articles],
            "left_out": self.left_out,
        }

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Understood:
        """Back from `plain`."""
        return cls(kept["title"], [ReadArticle(one["title"], one["nodes"]) for one in kept["articles"]], dict(kept["left_out"]))
