"""What may happen: pure statecharts, facts, reactions, calendar and to-do, readable by someone who does not code."""
