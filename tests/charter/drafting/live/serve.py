"""A live server in a process of its own, settings from the environment."""

from __future__ import annotations

import uvicorn

from charter.config import load
from charter.drafting.live.server import LiveServer
from charter.rooms import load_models
from charter.work import Engine

if __name__ == "__main__":
    load_models()
    settings = load()
    app = LiveServer.from_engine(Engine(settings), rights=None)
    ws = "charter.drafting.live.wire:LiveProtocol"
    uvicorn.run(app, host=settings.host, port=settings.port, ws=ws, ws_per_message_deflate=False, log_level="warning")
