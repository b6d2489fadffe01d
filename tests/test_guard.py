"""The guard's own parts, without a server: what the raw attacks can't provoke."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime import Runtime

from components.front_door import addresses, headers, identity, incidents, sweeper
from components.front_door.guard import Guard
from components.front_door.limits import PostLimit
from db import clock
from db.engine import Database
from db.models import SignInSession
from db.rules.problems import NotThere
from db.services import accounts
from db.services.accounts import Seat
from tests.db.services.test_accounts import people, sign_in
from tests.factories import NOW, SYSTEM, Office
from tests.serving import SECURITY

__all__ = ["people"]

on_sqlite = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
pytestmark = on_sqlite
OURS = b"http://127.0.0.1:8501"


def request_scope(path: str, *, method: str = "GET", token: str = "", **more: str) -> dict[str, Any]:
    """One HTTP request as the server hands it over."""
    raw = [(b"host", b"127.0.0.1:8501"), (b"origin", OURS), *((k.encode(), v.encode()) for k, v in more.items())]
    if token:
        raw.append((b"cookie", f"linli={token}".encode()))
    return {
        "type": "http",
        "path": path,
        "raw_path": path.encode(),
        "method": method,
        "headers": raw,
        "query_string": b"",
        "client": ("10.0.0.1", 5000),
        "server": ("127.0.0.1", 8501),
        "scheme": "http",
        "root_path": "",
    }


def ask(guard: Guard, scope: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the answer."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(guard(scope, receive, send))
    answered = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], answered, b"".join(part.get("body", b"") for part in sent[1:])


@pytest.mark.usefixtures("database")
def test_an_answer_to_an_error_has_the_headers_a_number_and_no_detail(caplog: pytest.LogCaptureFixture) -> None:
    async def breaks(*_: object) -> None:
        raise ValueError("a canary of somebody's data")

    status, answered, body = ask(Guard(breaks), request_scope("/healthz"))
    assert status == 500
    assert set(answered) >= SECURITY
    assert b"canary" not in body
    assert "canary" not in caplog.text
    number = next(word for word in caplog.text.split() if len(word) == 8 and word.isalnum() and word.isupper())
    assert number.encode() in body


@pytest.mark.usefixtures("database")
def test_a_failing_look_up_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    reached = []

    async def app(*_: object) -> None:
        reached.append(True)

    def fails(*_: object, **__: object) -> None:
        raise OSError("the database is gone")

    monkeypatch.setattr(accounts, "seat_by_token", fails)
    assert ask(Guard(app), request_scope("/session/end", method="POST", token="x"))[0] == 500
    assert not reached


@pytest.mark.usefixtures("people")
def test_the_app_gets_our_identity_headers_and_not_the_clients() -> None:
    token = sign_in("clerk")
    seen: list[Scope] = []

    async def app(scope: Scope, _: Receive, send: Send) -> None:
        seen.append(scope)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"Server", b"x")]})
        await send({"type": "http.response.body", "body": b""})

    spoof = {"x-linli-identity": "session-99", "X-Linli-Address": "6.6.6.6"}
    _, answered, _ = ask(Guard(app), request_scope("/healthz", token=token, **spoof))
    seat = accounts.seat_by_token(token)
    assert seat is not None
    given = [(name, value) for name, value in seen[0]["headers"] if name.lower().startswith(b"x-linli")]
    assert given == [
        (b"x-linli-identity", f"session-{seat.session_id}".encode()),
        (b"x-linli-address", b"10.0.0.1"),
    ]
    assert "server" not in {name.lower() for name in answered}


def test_with_tls_the_cookie_is_secure_and_bound_to_the_host(database: Database) -> None:
    database.settings = replace(database.settings, public_url="https://linli.example")
    response = Response()
    identity.give_cookie(response, "token")
    flags = {part.strip().lower() for part in response.headers["set-cookie"].split(";")}
    assert flags == {"__host-linli=token", "path=/", "httponly", "samesite=lax", "secure"}
    assert addresses.is_same_origin("https://linli.example", "10.0.0.5:8501", database.settings)
    assert not addresses.is_same_origin("http://linli.example", "linli.example", database.settings)


def test_with_tls_every_cookie_is_secure_and_the_browser_is_told_to_stay(database: Database) -> None:
    database.settings = replace(database.settings, public_url="https://linli.example")
    given = dict(headers.secured([(b"Set-Cookie", b"_streamlit_xsrf=x; Path=/")], "/"))
    assert given[b"Set-Cookie"].endswith(b"; Secure")
    assert given[b"strict-transport-security"] == b"max-age=31536000"


@pytest.mark.parametrize(
    ("target", "goes"),
    [
        ("/case?id=17&tab=files", "/case?id=17&tab=files"),
        ("/", "/"),
        ("//evil.example/case", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example/case", "/"),
        ("/case/../people", "/"),
        ("/case\r\nSet-Cookie: x", "/"),
        ("/session/end", "/"),
        ("/nowhere", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
        ("http://[", "/"),
    ],
)
def test_after_sign_in_only_to_our_own_screens(target: str, goes: str, engine_name: str) -> None:
    assert engine_name
    assert addresses.safe_target(target) == goes


def test_form_tokens_belong_to_one_session(database: Database) -> None:
    assert database
    assert identity.is_form_token(1, identity.form_token(1))
    assert not identity.is_form_token(1, identity.form_token(2))
    assert not identity.is_form_token(1, "")


def test_only_ones_own_screens_files_are_given(monkeypatch: pytest.MonkeyPatch, engine_name: str) -> None:
    assert engine_name

    def client(of: str) -> SimpleNamespace:
        return SimpleNamespace(client_context=SimpleNamespace(headers=[(identity.IDENTITY, of)]))

    clients = {"mine": client("session-1"), "other": client("session-2"), "stranger": client("anonymous-1")}
    shown = {"mine": {"0": "aa"}, "other": {"0": "bb", "1": "cc"}, "stranger": {"0": "dd"}, "gone": {"0": "ee"}}
    manager = SimpleNamespace(_files_by_session_and_coord=shown)
    runtime = SimpleNamespace(get_client=clients.get, media_file_mgr=manager)
    monkeypatch.setattr(Runtime, "exists", lambda: True)
    monkeypatch.setattr(Runtime, "instance", lambda: runtime)
    assert identity.owns_media("session-1", "aa.png")
    for name in ("bb.png", "cc.csv", "dd.png", "ee.png", "ff.png", ""):
        assert not identity.owns_media("session-1", name)
    assert not identity.owns_media("anonymous-1", "dd.png")
    assert not identity.owns_media("", "ee.png")


def test_posts_of_one_address_are_limited(engine_name: str) -> None:
    assert engine_name

    async def asked() -> list[bool]:
        limit = PostLimit(posts=3, seconds=60)
        answers = [limit.allows("10.0.0.1") for _ in range(5)]
        return [*answers, limit.allows("10.0.0.2")]

    assert asyncio.run(asked()) == [True, True, True, False, False, True]


def test_log_lines_hold_type_and_place_but_no_values(engine_name: str, caplog: pytest.LogCaptureFixture) -> None:
    assert engine_name
    original = ValueError("Key (phone)=(15400000000) already exists\nforged line")
    error = IntegrityError("INSERT INTO x VALUES (:p)", {"p": "张三"}, original)
    said = incidents.described(error)
    assert "IntegrityError" in said
    assert "ValueError" in said
    record = logging.LogRecord("x", logging.ERROR, "x", 1, "Uncaught app execution", (), (type(error), error, None))
    assert incidents.NoValues().filter(record)
    incidents.report(error, "/cases\nforged")
    for text in (said, record.getMessage(), caplog.text):
        assert "15400000000" not in text
        assert "张三" not in text
        assert "forged line" not in text
    assert caplog.text.count("\n") == 1
    quiet = logging.LogRecord("x", 40, "x", 1, "Uncaught", (), (NotThere, NotThere("case"), None))
    assert not incidents.NoValues().filter(quiet)


# --- the sweeper ---


class Sockets:
    """Counts closings."""

    def __init__(self) -> None:
        self.closed = 0

    async def close(self) -> None:
        self.closed += 1


def session_of(token: str) -> int:
    """A session's number."""
    seat = accounts.seat_by_token(token)
    assert isinstance(seat, Seat)
    return seat.session_id


def test_the_sweeper_closes_what_is_over_and_leaves_the_rest(people: Office, database: Database) -> None:
    assert people
    ended, goes_on = session_of(sign_in("clerk")), session_of(sign_in("handler"))
    one, other = Sockets(), Sockets()

    async def story() -> None:
        watch = sweeper.Sweeper()
        watch.opened(ended, one.close)
        watch.opened(goes_on, other.close)
        await watch.sweep()
        assert (one.closed, other.closed) == (0, 0)
        with database.transaction(SYSTEM) as session:
            session.execute(update(SignInSession).where(SignInSession.id == ended).values(revoked_at=clock.now()))
        await watch.sweep()
        assert (one.closed, other.closed) == (1, 0)
        assert not await watch.is_live(ended)
        assert await watch.is_live(goes_on)

    asyncio.run(story())


def test_use_is_written_once_a_minute(people: Office, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    assert people
    session_id = session_of(sign_in("clerk"))
    written: list[dict[int, Any]] = []
    usual = accounts.seen

    def noting(moments: dict[int, Any]) -> None:
        written.append(dict(moments))
        usual(moments)

    monkeypatch.setattr(accounts, "seen", noting)

    async def story() -> None:
        watch = sweeper.Sweeper()
        watch.opened(session_id, Sockets().close)
        for seconds in range(0, 180, 2):
            with clock.at(NOW + timedelta(seconds=seconds)):
                watch.used(session_id)
                await watch.note_use()

    asyncio.run(story())
    assert len(written) == 3
    with database.reading() as session:
        assert session.get_one(SignInSession, session_id).seen_at == NOW + timedelta(seconds=120)


def test_a_timer_does_not_keep_a_session_awake(people: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    assert people
    token = sign_in("clerk")
    watch = sweeper.Sweeper()
    used: list[int] = []
    monkeypatch.setattr("components.front_door.guard.sweeper", watch)
    monkeypatch.setattr(watch, "used", used.append)

    def said(*, by_timer: bool) -> dict[str, Any]:
        message = BackMsg()
        message.rerun_script.is_auto_rerun = by_timer
        return {"type": "websocket.receive", "bytes": message.SerializeToString()}

    heard = iter([said(by_timer=True), said(by_timer=True), said(by_timer=False)])

    async def receive() -> dict[str, Any]:
        return next(heard, {"type": "websocket.disconnect", "code": 1000})

    async def app(_: object, hear: Callable[..., Any], __: object) -> None:
        while (await hear())["type"] == "websocket.receive":
            pass

    async def send(_: object) -> None:
        pass

    scope = request_scope(addresses.STREAM, token=token) | {"type": "websocket", "extensions": {}}
    asyncio.run(Guard(app)(scope, receive, send))
    assert len(used) == 2, "once for opening, once for the click"
