"""Every engine the product uses, each met in one place."""
