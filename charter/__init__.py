"""The « Charte du faire alliance »: how it happens. See docs/house.md for the tour."""
