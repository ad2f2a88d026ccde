"""The verbs of `make`: set-up, checks, full mode. Python 3.11 and its standard library until the set-up is done."""
