"""The garbage collector, told what a process holds for life."""

from __future__ import annotations

import gc


def settle() -> None:
    """To be called once a process has loaded what it needs: a full collection goes through all of it otherwise, half a second each time.

    Called before a fork, the children share those pages for longer too.
    """
    gc.collect()
    gc.freeze()
