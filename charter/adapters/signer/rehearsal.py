"""One examination before the first: what libraries do once and for all, the children find done."""

from __future__ import annotations

import io
import logging
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter

from charter.adapters.signer.authority import LocalAuthority
from charter.adapters.signer.sealing import SealingService
from charter.adapters.signer.verification import verify

log = logging.getLogger(__name__)
_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


def rehearse() -> None:
    """Examines a page certified with keys that are thrown away. Never raises: what it did not prepare, the first file will."""
    try:
        with TemporaryDirectory(prefix="rehearsal-") as folder:
            authority = LocalAuthority.open(Path(folder) / "keys", _MOMENT)
            service = SealingService(authority, b"")
            pdf = service.extend(service.certify(_page(), when=_MOMENT, reason="rehearsal").pdf, when=_MOMENT)
            verify(pdf, now=_MOMENT, trust=authority.trust(_MOMENT))
    except Exception:
        log.warning("rehearsal failed", exc_info=True)


def _page() -> bytes:
    writer, made = PdfFileWriter(), io.BytesIO()
    contents = writer.add_object(generic.StreamObject(stream_data=b"0 0 1 1 re f"))
    writer.insert_page(PageObject(contents=contents, media_box=generic.ArrayObject(map(generic.NumberObject, (0, 0, 100, 100)))))
    writer.write(made)
    return made.getvalue()
