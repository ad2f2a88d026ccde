"""PDF documents: the only place that meets WeasyPrint (and, for finishing, pikepdf).

`PdfEngine.render(Rendering(...))` gives PDF/A-3a + PDF/UA-1 bytes; the same request always gives the same bytes.
`templates.document_environment()` makes the sandboxed Jinja environment the documents are written in.
"""

from __future__ import annotations

from charter.adapters.pdf.engine import PdfEngine
from charter.adapters.pdf.errors import RenderFailed, RenderTooBig
from charter.adapters.pdf.limits import Limits
from charter.adapters.pdf.request import Attachment, Progress, Rendering, SignatureField

__all__ = ["Attachment", "Limits", "PdfEngine", "Progress", "RenderFailed", "RenderTooBig", "Rendering", "SignatureField"]
