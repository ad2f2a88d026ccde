"""The closed door: what a document may read while it is laid out.

WeasyPrint reads http and file addresses from images, style sheets, fonts, drawings and attachments unless told
otherwise. Here `data:` and `asset:` (our own figures, handed over with the request) are all there is.
"""

from __future__ import annotations

from collections.abc import Mapping

from weasyprint.urls import URLFetcher, URLFetcherResponse

_TYPES = {"svg": "image/svg+xml", "png": "image/png", "css": "text/css"}


class ClosedFetcher(URLFetcher):  # type: ignore[misc]
    """Reads `data:` addresses and `asset:<name>`; anything else is refused and remembered in `refused`."""

    def __init__(self, assets: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False)
        self._assets = assets
        self.refused: list[str] = []

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """The content at `url`; raises ValueError when it is not ours."""
        scheme, _, name = url.partition(":")
        if scheme == "asset" and name in self._assets:
            kind = _TYPES.get(name.rsplit(".", 1)[-1], "application/octet-stream")
            return URLFetcherResponse(url, self._assets[name], {"Content-Type": kind})
        if scheme.lower() != "data":
            self.refused.append(url[:200])
            raise ValueError("only data: and our own assets may be read")
        return super().fetch(url, headers)
