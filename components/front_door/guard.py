"""The guard: looks up the session behind every request and socket, and refuses before Streamlit sees it."""

import asyncio
from http import HTTPStatus

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]  # it ships no types
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from components.front_door import addresses, identity, incidents, pages, routes
from components.front_door.headers import securing
from components.front_door.limits import PostLimit
from components.front_door.sweeper import sweeper
from db.engine import current
from db.services import accounts
from db.services.accounts import Seat

SESSION_OVER, MALFORMED, TOO_LONG = 4401, 1002, 1009
LARGEST_UNSIGNED = 64 * 1024
_READS = ("GET", "HEAD", "OPTIONS")


class Guard:
    """ASGI middleware around everything."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._posts = PostLimit()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, one socket or the server's own start and stop."""
        if scope["type"] == "http":
            await self._request(scope, receive, securing(send, scope["path"]))
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, securing(send, scope["path"]))
        else:
            await self.app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        request = Request(scope)
        try:
            seat = None if self._needs_no_seat(scope["path"]) else await self._seat(scope)
            refusal = await self._refusal(request, seat)
            if refusal is not None:
                await refusal(scope, receive, noting)
                return
            if seat is not None and scope["path"] != addresses.ALIVE:
                sweeper.used(seat.session_id)
            inner = identity.introduced(scope, identity.identity_for(seat))
            inner["state"] = {**scope.get("state", {}), "seat": seat}
            await self.app(inner, receive, noting)
        except Exception as error:
            if begun:
                raise
            number = incidents.report(error, scope["path"])
            await pages.notice(request, incidents.status_of(error), incident=number)(scope, receive, noting)

    async def _refusal(self, request: Request, seat: Seat | None) -> Response | None:
        """Why this request may not go on, as an answer; None when it may."""
        path, method = request.url.path, request.method
        if not addresses.is_tidy(path) or not is_host_allowed(request.headers.get("host")):
            return pages.notice(request, 400)
        if method not in _READS:
            refusal = self._write_refusal(request, seat)
            if refusal is not None:
                return refusal
        if path == f"/{addresses.HOME}" and method in _READS:
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(f"/{query}", HTTPStatus.SEE_OTHER)
        if self._needs_no_seat(path) or path in routes.public_paths():
            return None
        if path in addresses.pages():
            return None if method in _READS else pages.notice(request, 405)
        if seat is None:
            return _refused(request, 401)
        if not seat.at_work and path != "/session/end":
            return _refused(request, 403)
        return await self._signed_in_refusal(request, seat)

    def _write_refusal(self, request: Request, seat: Seat | None) -> Response | None:
        headers, settings = request.headers, current().settings
        if not addresses.is_same_origin(headers.get("origin", ""), headers.get("host", ""), settings):
            return _refused(request, 403)
        if request.method == "POST" and not self._posts.allows(identity.address_of(request.scope)):
            return _refused(request, 429)
        length = headers.get("content-length", "")
        if seat is None and not length.isdigit():
            return _refused(request, 411)
        if seat is None and int(length) > LARGEST_UNSIGNED:
            return _refused(request, 413)
        return None

    async def _signed_in_refusal(self, request: Request, seat: Seat) -> Response | None:
        """What even a signed-in person can't reach: other people's files, and everything not listed."""
        path, mine = request.url.path, identity.identity_for(seat)
        if path.startswith(addresses.MEDIA):
            return None if await _owns_media(mine, path.removeprefix(addresses.MEDIA)) else _refused(request, 404)
        if path.startswith(addresses.UPLOAD):
            stream_id = path.removeprefix(addresses.UPLOAD).partition("/")[0]
            return None if identity.owns_stream(mine, stream_id) else _refused(request, 403)
        return None if routes.is_own(request.scope) else _refused(request, 404)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin", "")
        fits = is_host_allowed(host) and addresses.is_same_origin(origin, host, current().settings)
        if scope["path"] != addresses.STREAM or not fits:
            await _refuse_socket(scope, receive, send)
            return
        try:
            seat = await self._seat(scope)
        except Exception as error:
            if not incidents.is_away(error):
                raise
            await _refuse_socket(scope, receive, send)  # the browser tries again by itself
            return
        inner = identity.introduced(scope, identity.identity_for(seat))
        if seat is None:
            await self.app(inner, _short_messages(receive, send), send)
        else:
            await self._signed_in_socket(inner, receive, send, seat.session_id)

    async def _signed_in_socket(self, scope: Scope, receive: Receive, send: Send, session_id: int) -> None:
        over = False

        async def close() -> None:
            nonlocal over
            if not over:
                over = True
                await send({"type": "websocket.close", "code": SESSION_OVER, "reason": "session over"})

        async def say(message: Message) -> None:
            if not over:
                await send(message)

        async def hear() -> Message:
            message = await receive()
            if message["type"] != "websocket.receive":
                return message
            if over or not await sweeper.is_live(session_id):
                await close()
                return {"type": "websocket.disconnect", "code": SESSION_OVER}
            said = _said(message)
            if said is None:
                return await _hang_up(send, MALFORMED)
            # A timer's rerun does not keep a session awake.
            if said.WhichOneof("type") == "rerun_script" and not said.rerun_script.is_auto_rerun:
                sweeper.used(session_id)
            return message

        sweeper.opened(session_id, close)
        try:
            await self.app(scope, hear, say)
        finally:
            sweeper.closed(session_id, close)

    @staticmethod
    def _needs_no_seat(path: str) -> bool:
        return path in addresses.SHELL or path.startswith(addresses.STATIC)

    @staticmethod
    async def _seat(scope: Scope) -> Seat | None:
        token = identity.token_in(scope)
        origin = identity.address_of(scope)
        return await asyncio.to_thread(accounts.seat_by_token, token, origin=origin) if token else None


async def _owns_media(mine: str, name: str) -> bool:
    """A rerun in progress has dropped its files for a moment; ask again before saying no."""
    for _ in range(5):
        if identity.owns_media(mine, name):
            return True
        await asyncio.sleep(0.2)
    return False


def _refused(request: Request, status: int) -> Response:
    """A page for people, a plain line for programs."""
    if "text/html" in request.headers.get("accept", ""):
        return pages.notice(request, status)
    return PlainTextResponse(HTTPStatus(status).phrase, status)


async def _refuse_socket(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    if "websocket.http.response" in scope.get("extensions", {}):
        await send({"type": "websocket.http.response.start", "status": 403, "headers": []})
        await send({"type": "websocket.http.response.body", "body": b""})
    else:
        await send({"type": "websocket.close", "code": 1008})


def _short_messages(receive: Receive, send: Send) -> Receive:
    """Before sign-in there is nothing long to say."""

    async def hear() -> Message:
        message = await receive()
        if message["type"] != "websocket.receive":
            return message
        if len(message.get("bytes") or b"") > LARGEST_UNSIGNED:
            return await _hang_up(send, TOO_LONG)
        return message if _said(message) is not None else await _hang_up(send, MALFORMED)

    return hear


def _said(message: Message) -> BackMsg | None:
    """What the browser says, or None when it is no message of Streamlit's."""
    said = BackMsg()
    try:
        said.ParseFromString(message.get("bytes") or b"")
    except DecodeError:
        return None
    return said if said.WhichOneof("type") else None


async def _hang_up(send: Send, code: int) -> Message:
    await send({"type": "websocket.close", "code": code})
    return {"type": "websocket.disconnect", "code": code}
