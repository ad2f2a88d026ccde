"""The charts as Mermaid diagrams, and the document that shows them all.

``python -m workflows.diagrams`` prints ``docs/lifecycle.md``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from statemachine import State

from workflows.amendments import AmendmentChart
from workflows.base import Chart, event_names, guards_of
from workflows.contracts import ContractChart
from workflows.drafting import TextChart
from workflows.evaluation import CheckpointChart
from workflows.lifecycle import AllianceChart
from workflows.proposals import PartyChart
from workflows.reactions import REACTIONS, RECIPIENTS, Advance, Call, Reaction
from workflows.roles import FACILITATOR, LEADING, MAY, Role
from workflows.rounds import RoundChart
from workflows.signing import EnvelopeChart, SignatoryChart
from workflows.visas import ApproverChart

CHARTS: tuple[tuple[str, type[Chart]], ...] = (
    ("The alliance", AllianceChart),
    ("A party", PartyChart),
    ("A text (charter, amendment)", TextChart),
    ("An amendment to a text", AmendmentChart),
    ("The contract", ContractChart),
    ("The envelope", EnvelopeChart),
    ("A signatory", SignatoryChart),
    ("A visa", ApproverChart),
    ("A checkpoint", CheckpointChart),
    ("A round of consent", RoundChart),
)


def mermaid(chart: type[Chart]) -> str:
    """A ``stateDiagram-v2``; a guarded event carries a star. Lines end with a line feed, the last one included."""
    return "\n".join(("stateDiagram-v2", *(f"    {line}" for line in _lines(chart)))) + "\n"


def _lines(chart: type[Chart]) -> Iterator[str]:
    for state in chart.states:
        yield f"{state.value} : {state.value} ({state.name})"
    for state in chart.states:
        if state.initial:
            yield f"[*] --> {state.value}"
        yield from _arrows(state)
        if state.final:
            yield f"{state.value} --> [*]"


def _arrows(state: State) -> Iterator[str]:
    for transition in state.transitions:
        star = "*" if guards_of(transition) else ""
        for name in event_names(transition):
            yield f"{state.value} --> {transition.target.value} : {name}{star}"


def table_of_guards(chart: type[Chart]) -> Iterator[str]:
    """Markdown list « event from status: what must be true », from the guards' names."""
    for state in chart.states:
        for transition in state.transitions:
            needed = ", ".join(guard.__name__.replace("_", " ") for guard in guards_of(transition))
            if needed:
                yield f"- `{', '.join(event_names(transition))}` from `{state.value}`: {needed}"


def table_of_roles() -> Iterator[str]:
    columns = [*Role, FACILITATOR]
    yield f"| action | {' | '.join(columns)} | leading party only |"
    yield "| --- |" + " --- |" * (len(columns) + 1)
    for action, allowed in MAY.items():
        cells = " | ".join("yes" if column in allowed else "" for column in columns)
        yield f"| `{action}` | {cells} | {'yes' if action in LEADING else ''} |"


def table_of_reactions() -> Iterator[str]:
    yield "| when | then |"
    yield "| --- | --- |"
    for event, follow in REACTIONS.items():
        yield f"| `{event.type}` | {'; '.join(_words(one) for one in follow)} |"


def _words(reaction: Reaction) -> str:
    match reaction:
        case Advance(event):
            return f"the alliance receives `{event}`"
        case Call(name):
            return f"call `{name}`"
        case _:
            return f"mail `{reaction.template}` to {RECIPIENTS[reaction.to]}"


def document() -> str:
    """The whole Markdown document, ending with a line feed."""
    return "\n".join(_document()) + "\n"


def _document() -> Iterator[str]:
    yield "# Lifecycle"
    yield ""
    yield "Written by `python -m workflows.diagrams > docs/lifecycle.md`: change the charts, not this page."
    yield "A star marks an event that is refused while something is missing; what it needs is listed under the diagram."
    for title, chart in CHARTS:
        yield from ("", f"## {title}", "", "```mermaid", mermaid(chart).rstrip("\n"), "```")
        guards = list(table_of_guards(chart))
        yield from ("", *guards) if guards else ()
    yield from ("", "## Who may do what", "")
    yield "The leading party is the one that proposed the alliance while it is in, else the first of the others."
    yield "What a party says as a party (answer, consent, signature) is never the facilitator's."
    yield from ("", *table_of_roles())
    yield from ("", "## When X happens, then Y follows", "", *table_of_reactions())


if __name__ == "__main__":
    sys.stdout.write(document())
