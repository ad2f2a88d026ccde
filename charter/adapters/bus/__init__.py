"""Redis, met here only: small messages between processes awake now, and leases that say which of them does a thing.

Nothing rests on either: what matters is in the database.
"""

from charter.adapters.bus.leases import Leases
from charter.adapters.bus.messages import Bus, MemoryBus, Message, RedisBus, connect

__all__ = ["Bus", "Leases", "MemoryBus", "Message", "RedisBus", "connect"]
