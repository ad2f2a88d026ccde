"""Measures against targets. Each area is a module here with `measure() -> Iterable[Row]`; `python -m bench [AREA…]` runs them."""
