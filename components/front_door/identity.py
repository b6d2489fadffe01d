"""The cookie, and who a connection belongs to; the guard writes the headers here, clients can't."""

import hashlib
import hmac
import secrets
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Scope
from streamlit.runtime import Runtime

from db.engine import current
from db.services.accounts import Seat

IDENTITY, ADDRESS = "x-linli-identity", "x-linli-address"
# Streamlit gives a session back only to a connection with the same user info, so this one key
# decides who may resume whose session.
USER_KEY = "linli_identity"
_SIGNED_IN = "session-"


def cookie_name() -> str:
    """With TLS the __Host- prefix makes browsers refuse a cookie set by a neighbouring host."""
    return "__Host-linli" if current().settings.https else "linli"


def token_in(scope: Scope) -> str:
    """The token the browser presents, or ""."""
    try:
        jar = SimpleCookie(Headers(scope=scope).get("cookie", ""))
    except CookieError:
        return ""
    morsel = jar.get(cookie_name())
    return morsel.value if morsel else ""


def give_cookie(response: Response, token: str) -> None:
    """Hand the browser its token; it lives as long as the browser, scripts can't read it."""
    response.set_cookie(cookie_name(), token, path="/", httponly=True, samesite="lax", secure=_secure())


def take_cookie(response: Response) -> None:
    """Make the browser forget its token."""
    response.delete_cookie(cookie_name(), path="/", httponly=True, samesite="lax", secure=_secure())


def code_cookie_name() -> str:
    """Holds the ticket between the password and the code; with TLS other hosts can't set it."""
    return f"{cookie_name()}_code"


def give_code_cookie(response: Response, ticket: str) -> None:
    """Bind the ticket to this browser; scripts and other sites can't use it."""
    options = {"path": "/", "httponly": True, "samesite": "strict", "secure": _secure()}
    response.set_cookie(code_cookie_name(), ticket, **options)  # type: ignore[arg-type]


def take_code_cookie(response: Response) -> None:
    """Make the browser forget the ticket."""
    response.delete_cookie(code_cookie_name(), path="/", httponly=True, samesite="strict", secure=_secure())


def address_of(scope: Scope) -> str:
    """Where the connection comes from (the server has already believed or disbelieved a proxy)."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def identity_for(seat: Seat | None) -> str:
    """One value per signed-in session; a new one for every anonymous connection, so that none can be resumed."""
    return f"{_SIGNED_IN}{seat.session_id}" if seat else f"anonymous-{secrets.token_hex(16)}"


def session_in(identity: str) -> int | None:
    """The signed-in session an identity stands for."""
    number = identity.removeprefix(_SIGNED_IN)
    return int(number) if identity.startswith(_SIGNED_IN) and number.isdigit() else None


def introduced(scope: Scope, identity: str) -> Scope:
    """The scope with the client's own identity headers taken out and ours put in."""
    ours = {IDENTITY.encode(): identity.encode(), ADDRESS.encode(): address_of(scope).encode()}
    headers = [(name, value) for name, value in scope["headers"] if name.lower() not in ours]
    return {**scope, "headers": headers + list(ours.items())}


def identity_of_stream(stream_id: str) -> str:
    """Whose connection a Streamlit session is open on, or ""."""
    client = Runtime.instance().get_client(stream_id) if Runtime.exists() else None
    context = client.client_context if client else None
    return dict(context.headers).get(IDENTITY, "") if context else ""


def owns_stream(identity: str, stream_id: str) -> bool:
    """Whether this Streamlit session was opened by this signed-in session."""
    return session_in(identity) is not None and identity_of_stream(stream_id) == identity


def owns_media(identity: str, name: str) -> bool:
    """Whether one of this signed-in session's own screens shows this file."""
    if not Runtime.exists():
        return False
    file_id = name.partition(".")[0]
    shown = Runtime.instance().media_file_mgr._files_by_session_and_coord
    streams = [stream for stream, files in list(shown.items()) if file_id in list(files.values())]
    return any(owns_stream(identity, stream) for stream in streams)


def form_token(session_id: int) -> str:
    """What a form of ours carries to show that it was drawn for this session."""
    message = f"form:{session_id}".encode()
    return hmac.new(current().keys.cookie, message, hashlib.sha256).hexdigest()


def is_form_token(session_id: int, token: str) -> bool:
    """Whether a form was drawn for this session."""
    return hmac.compare_digest(form_token(session_id), token)


def _secure() -> bool:
    return current().settings.https
