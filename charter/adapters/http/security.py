"""What every answer carries and every form needs: CSRF, a strict CSP, rate limits, proxies."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import timedelta
from typing import IO, Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from flask_limiter import Limiter
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix

from charter.config import Settings

MAX_FORM_BYTES = 2 * 1024 * 1024
IN_MEMORY, PIECE = 1024 * 1024, 64 * 1024
FORMS = frozenset({"multipart/form-data", "application/x-www-form-urlencoded"})

csrf = CSRFProtect()
V = TypeVar("V", bound=Callable[..., Any])


def _key() -> str:
    return request.remote_addr or "?"


limiter = Limiter(key_func=_key, default_limits=[], headers_enabled=True, swallow_errors=True)


def install(app: Flask, settings: Settings) -> None:
    """Configures the application from `settings`."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="charte_form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        PERMANENT_SESSION_LIFETIME=timedelta(days=2),
        MAX_CONTENT_LENGTH=MAX_FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_FORM_BYTES,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        WTF_CSRF_CHECK_DEFAULT=False,
        RATELIMIT_STORAGE_URI=settings.redis_url or "memory://",
        RATELIMIT_ENABLED=settings.rate_limits,
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True,
    )
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    csrf.init_app(app)
    limiter.init_app(app)
    policy = content_security_policy(settings)

    @app.after_request
    def harden(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), interest-cohort=()")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        if settings.secure_cookies:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        return response


def one_click(view: V) -> V:
    """A view a mail program posts to by itself (RFC 8058): what it may do is in its signed address, no cookie counts, no token comes."""
    view.one_click = True  # type: ignore[attr-defined]
    return view


def takes_files(most: int) -> Callable[[V], V]:
    """A view that takes files: a request of `most` bytes instead of MAX_FORM_BYTES. What is larger is refused unread (413)."""

    def tag(view: V) -> V:
        view.max_bytes = most  # type: ignore[attr-defined]
        return view

    return tag


def receive_first(app: Flask) -> None:
    """The whole body is here before any transaction begins: on SQLite, whoever sends it slowly would keep everybody from writing."""

    @app.before_request
    def receive() -> None:
        view = app.view_functions.get(request.endpoint or "")
        request.max_content_length = most = getattr(view, "max_bytes", MAX_FORM_BYTES)
        try:
            if "wsgi.input_terminated" in request.environ and "HTTP_TRANSFER_ENCODING" in request.environ:
                g.gathered = _gathered(request.environ, most)
            if request.mimetype in FORMS:
                _ = request.form
            elif request.endpoint is not None:
                request.get_data()
        except HTTPException as error:
            g.unread = error

    @app.teardown_request
    def let_go(_error: BaseException | None) -> None:
        if "gathered" in g:
            g.pop("gathered").close()


def _gathered(environ: dict[str, Any], most: int) -> IO[bytes]:
    """A body that comes in chunks, its length not announced, put aside and given its length: read from then on as any other.

    Raises RequestEntityTooLarge beyond `most` bytes, the rest being left unread; ClientDisconnected when it stops before its end.
    """
    aside, size = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY), 0  # noqa: SIM115  closed when the request ends
    while piece := environ["wsgi.input"].read(PIECE):
        size += len(piece)
        if size > most:
            aside.close()
            raise RequestEntityTooLarge
        aside.write(piece)
    aside.seek(0)
    del environ["HTTP_TRANSFER_ENCODING"]
    environ.update({"wsgi.input": aside, "CONTENT_LENGTH": str(size)})
    return aside


def protect_forms(app: Flask) -> None:
    """Every form carries its CSRF token. The API takes no cookie, so it needs none. What could not be read is refused here."""

    @app.before_request
    def check() -> None:
        if "unread" in g:
            raise g.unread
        view = app.view_functions.get(request.endpoint or "")
        free = request.path.startswith("/api/") or getattr(view, "one_click", False)
        if app.config["WTF_CSRF_ENABLED"] and not free:
            csrf.protect()


def content_security_policy(settings: Settings) -> str:
    """Nothing from elsewhere, nothing inline. Live editing's own address is added when it is not this site's, and the signature provider's
    as a place one of our forms may lead to."""
    public = urlsplit(settings.public_url)
    sockets = [f"{'wss' if public.scheme == 'https' else 'ws'}://{public.netloc}"]
    leads_to = f" {settings.signature_provider.links}" if settings.signature_provider else ""
    if settings.live_public_url:
        sockets.append(settings.live_public_url.replace("http", "ws", 1))
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            f"connect-src 'self' {' '.join(sockets)}",
            f"form-action 'self'{leads_to}",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "manifest-src 'self'",
        ]
    )
