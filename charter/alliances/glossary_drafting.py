"""The words of co-drafting."""

from __future__ import annotations

from charter.alliances.term import Term

TERMS: tuple[Term, ...] = (
    Term(
        "charter",
        "charte",
        "Le texte où les parties disent leur façon de faire alliance. Il engage leur confiance.",
        "charter",
        "The text in which the parties say how they make their alliance. It commits their trust.",
    ),
    Term("article", "article", "Une partie numérotée d’un texte.", "article", "A numbered part of a text."),
    Term(
        "amendment",
        "amendement",
        "Une proposition de changer les mots d’un article.",
        "amendment",
        "A proposal to change the words of an article.",
    ),
    Term(
        "version",
        "version",
        "Le texte gardé tel qu’il était à un moment : on peut le lire, le comparer, le rétablir.",
        "version",
        "A text kept as it was at one moment: it can be read, compared, restored.",
    ),
    Term(
        "thread",
        "discussion",
        "Ce qui se dit à propos de quelques mots d’un article. Elle suit ces mots, et leur survit.",
        "discussion",
        "What is said about some words of an article. It follows those words, and outlives them.",
    ),
    Term(
        "deadline",
        "date limite",
        "Le dernier jour pour proposer des amendements, ou pour donner son avis. Se taire ne vaut jamais accord.",
        "deadline",
        "The last day to propose amendments, or to say one's word. Silence is never consent.",
    ),
    Term(
        "consent",
        "consentement",
        "L’accord d’une partie sur les mots exacts d’un article. Il tombe si les mots changent.",
        "consent",
        "A party's agreement to the exact words of an article. It lapses if the words change.",
    ),
    Term(
        "reservation",
        "réserve",
        "Un accord avec une inquiétude, dite et gardée en mémoire.",
        "reservation",
        "An agreement with a concern, stated and kept on record.",
    ),
    Term(
        "round",
        "tour d’accord",
        "Une version du texte mise à l’accord des parties : ses articles sont figés, et une objection rouvre le sien.",
        "round",
        "A version of the text put to the parties' consent: its articles are locked, and an objection reopens its own.",
    ),
    Term(
        "spokesperson",
        "porte-parole",
        "Un membre que son organisation a choisi pour dire ses avis.",
        "spokesperson",
        "A member their organisation chose to give its word.",
    ),
    Term(
        "nudge",
        "relance",
        "Un rappel envoyé à une partie dont on attend l’avis, une fois par jour au plus.",
        "nudge",
        "A reminder to a party whose word is awaited, once a day at most.",
    ),
    Term(
        "objection",
        "objection",
        "Un désaccord qui empêche d’adopter tant qu’il n’est pas levé.",
        "objection",
        "A disagreement that prevents adoption until it is lifted.",
    ),
)
