"""The contract's verbs: open a version, answer its questions, have it laid out, freeze it."""

from charter.contracts.services.answers import Asked, asked, set_deliberation, set_parameters
from charter.contracts.services.documents import bytes_of, document_of, frozen_documents
from charter.contracts.services.freezing import freeze, freezing, rendering_blocks
from charter.contracts.services.renderings import (
    Made,
    is_current,
    progress_of,
    render_failed,
    rendered,
    rendering_requested,
    request_render,
    tell_progress,
)
from charter.contracts.services.versions import (
    Draft,
    by_ref,
    contract_of,
    contracts_of,
    draft_of,
    find_contract,
    open_contract,
    open_new_version,
)

__all__ = [
    "Asked",
    "Draft",
    "Made",
    "asked",
    "by_ref",
    "bytes_of",
    "contract_of",
    "contracts_of",
    "document_of",
    "draft_of",
    "find_contract",
    "freeze",
    "freezing",
    "frozen_documents",
    "is_current",
    "open_contract",
    "open_new_version",
    "progress_of",
    "render_failed",
    "rendered",
    "rendering_blocks",
    "rendering_requested",
    "request_render",
    "set_deliberation",
    "set_parameters",
    "tell_progress",
]
