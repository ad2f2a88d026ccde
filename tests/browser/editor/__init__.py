"""The co-drafting editor in a real browser."""
