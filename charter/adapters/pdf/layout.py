"""HTML to PDF bytes, in the limited child: the calls to WeasyPrint, and what its log tells."""

from __future__ import annotations

import io
import logging
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from PIL import Image
from weasyprint import CSS, HTML, Attachment
from weasyprint.logger import LOGGER, PROGRESS_LOGGER

from charter.adapters.pdf.fetcher import ClosedFetcher
from charter.adapters.pdf.finish import finish
from charter.adapters.pdf.limits import Excess, Limits, check_tree

Tell = Callable[[str, int], None]
_PAGE = re.compile(r"Step 5 - Creating layout - Page (\d+)")


class Problem(Exception):
    """The document cannot be made; `reason` is one of `errors.REASONS`."""

    def __init__(self, reason: str, detail: str = "", **params: str) -> None:
        super().__init__(detail)
        self.reason, self.detail, self.params = reason, detail, params


class _Ears(logging.Handler):
    """WeasyPrint says only in its log that a letter is missing or an image absent: a document to be signed must not have either."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.missing: dict[str, None] = {}
        self.errors: list[str] = []
        self.bomb = False

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        causes = [getattr(value, "__cause__", None) for value in record.args or ()]
        if any(isinstance(cause, (Image.DecompressionBombError, Image.DecompressionBombWarning)) for cause in causes):
            self.bomb = True
        elif message.startswith(".notdef glyph") and isinstance(record.args, tuple):
            self.missing[str(record.args[0])] = None
        elif record.levelno >= logging.ERROR:
            self.errors.append(message if len(message) < 600 else f"{message[:200]} … {message[-300:]}")

    def judge(self, refused: Sequence[str]) -> None:
        if refused:
            raise Problem("resource", ", ".join(refused[:5]))
        if self.bomb:
            raise Excess("image_pixels")
        if self.missing:
            letters = " ".join(f"{letter} (U+{ord(letter):04X})" for letter in list(self.missing)[:20])
            raise Problem("characters", letters, characters=letters)
        if self.errors:
            raise Problem("resource" if "Failed to load" in self.errors[0] else "engine", self.errors[0])


class _Steps(logging.Handler):
    """Turns WeasyPrint's progress log into our three stages, and stops a document without end."""

    def __init__(self, tell: Tell, pages: int) -> None:
        super().__init__(logging.INFO)
        self._tell, self._pages = tell, pages

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if match := _PAGE.match(message):
            page = int(match[1])
            if page > self._pages:
                raise Excess("pages")
            self._tell("layout", page)
        elif message.startswith("Step 6"):
            self._tell("drawing", 0)


def lay_out(job: Mapping[str, Any], attachments: Sequence[bytes], assets: Mapping[str, bytes], tell: Tell) -> bytes:
    """The finished PDF of one job (see `request.Rendering.header`). Raises Problem or limits.Excess."""
    limits = Limits(**job["limits"])
    ears, fetcher = _Ears(), ClosedFetcher(assets)
    LOGGER.addHandler(ears)
    PROGRESS_LOGGER.addHandler(_Steps(tell, limits.pages))
    PROGRESS_LOGGER.setLevel(logging.INFO)
    Image.MAX_IMAGE_PIXELS = limits.image_pixels
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        raw = _write(job, attachments, fetcher, limits)
    except RecursionError as error:
        raise Excess("depth") from error
    ears.judge(fetcher.refused)
    tell("finishing", 0)
    return finish(raw, dict(job["fields"]))


def _write(job: Mapping[str, Any], attachments: Sequence[bytes], fetcher: ClosedFetcher, limits: Limits) -> bytes:
    html = HTML(string=_writable(job["html"]), url_fetcher=fetcher)
    check_tree(html.etree_element, limits)
    document = html.render(
        stylesheets=[CSS(string=css, url_fetcher=fetcher) for css in (*job["css"], _first_numbers(html.etree_element))],
        pdf_variant="pdf/a-3a",
        pdf_forms=True,
    )
    metadata = document.metadata
    metadata.title, metadata.lang = job["title"], job["lang"]
    metadata.authors, metadata.description = [job["author"]] if job["author"] else [], job["subject"] or None
    metadata.created = metadata.modified = job["created"]
    metadata.attachments = [_attachment(*pair) for pair in zip(job["attachments"], attachments, strict=True)]
    output = io.BytesIO()
    document.write_pdf(output, pdf_variant="pdf/a-3a", pdf_forms=True)
    return output.getvalue()


def _first_numbers(root: Any) -> str:
    """Rules that number lists from their first number: WeasyPrint reads `start` only among hints that would change much else."""
    said = {one.get("start", "") for one in root.iter("ol")}
    starts = sorted(int(start) for start in said if start.isdigit() and len(start) < 8)
    return "".join(f'ol[start="{start}"] {{ counter-reset: list-item {start - 1} }}' for start in starts)


def _writable(html: str) -> str:
    # Our serif has no U+2011 (non-breaking hyphen) and pango would silently borrow another font's.
    return html.replace("\u2011", "\u2010")


def _attachment(header: Mapping[str, str], data: bytes) -> Attachment:
    moment = datetime.fromisoformat(header["created"])
    return Attachment(
        string=data,
        name=header["name"],
        description=header["description"],
        created=moment,
        modified=moment,
        relationship=header["relationship"],
    )
