"""`python -m charter` is `charte`."""

from charter.cli import main

main(prog_name="charte")
