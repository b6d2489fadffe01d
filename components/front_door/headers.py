"""Headers on every answer: a strict content policy, nothing guessed, framed, leaked or kept."""

import base64
import hashlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import streamlit
from starlette.types import Message, Send

from components.front_door import addresses
from db.engine import current

RawHeaders = list[tuple[bytes, bytes]]

_DROPPED = {b"server", b"access-control-allow-origin", b"access-control-allow-credentials"}


@cache
def content_policy() -> str:
    """Own sources only; of inline scripts, only the ones in Streamlit's own start page."""
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    scripts = " ".join(_fingerprint(text) for text in re.findall(r"<script>(.*?)</script>", page, re.S))
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' {scripts}".strip(),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "frame-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


@cache
def _fixed(https: bool) -> tuple[tuple[bytes, bytes], ...]:
    headers = {
        "content-security-policy": content_policy(),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        # Not "no-referrer": browsers would then send "Origin: null" with our own forms.
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
    }
    if https:
        headers["strict-transport-security"] = "max-age=31536000"
    return tuple((name.encode(), value.encode()) for name, value in headers.items())


def secured(headers: Iterable[tuple[bytes, bytes]], path: str) -> RawHeaders:
    """These headers with ours in place of what they may have said about the same things."""
    ours = dict(_fixed(current().settings.https))
    # Streamlit's bundles carry a hash in their name; everything else must not be kept.
    if not path.startswith(addresses.STATIC):
        ours[b"cache-control"] = b"no-store"
    kept = [(name, value) for name, value in headers if name.lower() not in ours.keys() | _DROPPED]
    if current().settings.https:
        kept = [(name, _secure(value) if name.lower() == b"set-cookie" else value) for name, value in kept]
    return kept + list(ours.items())


def securing(send: Send, path: str) -> Send:
    """`send` with the headers put on whatever answer comes."""

    async def with_headers(message: Message) -> None:
        if message["type"] in ("http.response.start", "websocket.http.response.start", "websocket.accept"):
            message = {**message, "headers": secured(message.get("headers", ()), path)}
        await send(message)

    return with_headers


def _secure(cookie: bytes) -> bytes:
    """Streamlit's own cookies don't know of the TLS in front of it."""
    return cookie if b"secure" in cookie.lower() else cookie + b"; Secure"


def _fingerprint(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
