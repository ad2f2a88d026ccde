"""The chained record of what happened in each alliance (promise 6 of the design)."""
