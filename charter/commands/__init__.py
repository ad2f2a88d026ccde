"""Groups of `charte`'s commands that have a file of their own."""
