"""Whether signatures can be made now, for whoever watches the service. Pages work without: this never makes a server « unavailable »."""

from __future__ import annotations

import structlog

from charter.adapters.signer import SignerUnavailable
from charter.signing.sealer import sealer
from charter.signing.services.delays import delays
from charter.work import Engine

log = structlog.get_logger()


def of(engine: Engine) -> dict[str, object]:
    """What is wrong, empty when nothing is: `keys` away, and how many seals are `delayed`, since when (ISO 8601, UTC).

    A token's key is not asked to sign for that.
    """
    found: dict[str, object] = {}
    now = engine.clock.now()
    try:
        sealer(engine.settings, now).authority.chain(now)
    except SignerUnavailable as error:
        log.warning("not_ready", check="keys", error=str(error))
        found["keys"] = "away"
    with engine.work(write=False) as work:
        waiting = delays(work)
    if waiting.count and waiting.since is not None:
        found["delayed"] = waiting.count
        found["since"] = waiting.since.isoformat(timespec="seconds")
    return found
