"""Signatures gathered by an outside provider, chosen envelope by envelope: opened there, followed, brought home and checked (ADR 26)."""
