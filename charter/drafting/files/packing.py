"""Several parts as one compressed file, the same bytes for the same parts and instant."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime


def pack(parts: Mapping[str, str | bytes], at: datetime, *, plain: str = "") -> bytes:
    """The archive, in the order of `parts`; the one named `plain` is stored uncompressed."""
    stamp = at.astimezone(UTC)
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, (stamp.year, stamp.month, stamp.day, stamp.hour, stamp.minute, stamp.second))
            entry.compress_type = zipfile.ZIP_STORED if name == plain else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content.encode() if isinstance(content, str) else content)
    return output.getvalue()
