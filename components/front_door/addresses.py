"""Which addresses there are, who may reach them unsigned, and what an address must look like."""

from urllib.parse import urlsplit

from components.screens import SCREENS
from db.settings import Settings

HOME = "desk"
STREAM = "/_stcore/stream"
UPLOAD = "/_stcore/upload_file/"
MEDIA = "/media/"
ALIVE = "/session/alive"
CODE = "/session/code"
STATIC = ("/static/", "/app/static/")
# The frontend asks for these before it opens its socket; they hold nothing of the office.
SHELL = {"/", "/favicon.png", "/manifest.json", "/_stcore/health", "/_stcore/host-config"}
# Own routes that answer without a session; a module of routes adds its own in `routes.PUBLIC_PATHS`.
OWN_PUBLIC = {"/healthz", "/setup", "/session/claim", CODE, ALIVE}


def pages() -> set[str]:
    """The address of every screen."""
    return {f"/{screen.path}" for screen in SCREENS}


def is_tidy(path: str) -> bool:
    """Whether a path is one that only means itself: no second slash, no way up, nothing invisible."""
    parts = path.split("/")
    return path.startswith("/") and "//" not in path and "\\" not in path and path.isprintable() and ".." not in parts


def safe_target(target: str) -> str:
    """Where to go after sign-in: one of our own screens with its query, otherwise the first screen."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return "/"
    ours = parts.path in pages() or parts.path == "/"
    if parts.scheme or parts.netloc or not ours or not is_tidy(parts.path) or not target.isprintable():
        return "/"
    return parts.path + (f"?{parts.query}" if parts.query else "")


def is_same_origin(origin: str, host: str, settings: Settings) -> bool:
    """Whether a browser sent this from one of our own pages; no Origin is a no."""
    if not origin or not host:
        return False
    if settings.public_url and origin == settings.public_url.rstrip("/"):
        return True
    parts = urlsplit(origin)
    scheme_fits = parts.scheme == "https" if settings.https else parts.scheme in ("http", "https")
    return scheme_fits and parts.netloc == host
