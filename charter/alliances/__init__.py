"""Organisations, alliances, parties, members and roles: the kernel every stage stands on."""
