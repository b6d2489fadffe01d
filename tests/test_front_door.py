"""The front door under attack: every case against a real server process, by raw HTTP and raw sockets."""

import os
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from sqlalchemy import text
from websockets.exceptions import InvalidStatus

from components.screens import SCREENS
from db import engine
from db.models import Person
from db.services import accounts
from tests import postgres
from tests.factories import SYSTEM, a_database, settings_for
from tests.serving import PASSWORD, SECURITY, Served, give_passwords

TRIES = int(os.environ.get("FAULT_TRIES", "1"))  # of stolen ids, replays and open sockets, a hundred in the long run
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One office; the auditor still has a first password."""
    folder = tmp_path_factory.mktemp("front-door") / "data"
    database, _ = a_database(folder)
    with closing(database):
        give_passwords(database, must_change=("auditor",))
    with Served(folder) as server:
        yield server


@pytest.fixture(scope="module")
def clerk(served: Served) -> str:
    """A signed-in clerk's cookie."""
    return served.sign_in("clerk")


# --- strangers ---


@pytest.mark.parametrize(
    "path",
    [
        "/media/0123456789abcdef.png",
        "/_stcore/metrics",
        "/_stcore/agent/openapi.json",
        "/_stcore/script-health-check",
        "/_stcore/bidi-components/x",
        "/component/streamlit_authenticator/index.html",
        "/cases/_stcore/metrics",
        "/print/case",
        "/no-such-page",
        "/session/end",
    ],
)
def test_a_stranger_gets_nothing(served: Served, path: str) -> None:
    with served.http() as client:
        assert client.get(path).status_code == 401


def test_a_stranger_may_not_upload(served: Served, clerk: str) -> None:
    with served.stream(clerk) as tab:
        tab.run()
        with served.http() as client:
            answer = client.put(f"/_stcore/upload_file/{tab.session_id}/x", files={"file": b"x"})
    assert answer.status_code == 401


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.path)
def test_a_stranger_typing_any_address_sees_only_the_sign_in_form(served: Served, screen: object) -> None:
    path = screen.path  # type: ignore[attr-defined]
    with served.http() as client:
        assert client.get(f"/{path}", follow_redirects=True).status_code == 200
    with served.stream() as tab:
        drawn = tab.run(page=path)
    assert {"User name", "Password", "Sign in"} <= tab.widgets.keys()
    assert set(tab.widgets) <= {"User name", "Password", "Sign in", "简体中文", "English"}
    titles = {other.title for other in SCREENS}
    assert not [title for title in titles if f'"{title}"' in drawn]


@pytest.mark.parametrize("path", ["people", "case"])
def test_also_as_the_very_first_request_after_a_restart(tmp_path: Path, path: str) -> None:
    database, _ = a_database(tmp_path / "data")
    database.close()
    with Served(tmp_path / "data") as fresh, fresh.stream() as tab:
        tab.run(page=path)
        assert set(tab.widgets) == {"User name", "Password", "Sign in", "简体中文", "English"}


def test_shell_pages_hold_nothing_of_the_office(served: Served) -> None:
    with served.http() as client:
        for path in ("/", "/cases", "/static/js/none.js", "/_stcore/host-config", "/_stcore/health"):
            assert "综治中心" not in client.get(path).text


# --- sockets ---


@pytest.mark.parametrize(
    "how",
    [
        {"origin": None},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"host": "evil.example", "origin": "http://evil.example"},
    ],
    ids=str,
)
def test_a_socket_from_elsewhere_is_refused(served: Served, clerk: str, how: dict[str, str]) -> None:
    with pytest.raises(InvalidStatus) as refused, served.stream(clerk, **how):
        pass
    assert refused.value.response.status_code == 403
    assert {name.lower() for name in refused.value.response.headers} >= SECURITY


def test_a_stolen_stream_id_gives_a_stranger_nothing(served: Served, clerk: str) -> None:
    with served.stream(clerk) as own:
        own.run()
        for _ in range(TRIES):
            with served.stream(resume=own.session_id) as thief:
                drawn = thief.run()
            assert thief.session_id != own.session_id
            assert "陈接访" not in drawn
            assert "User name" in thief.widgets
        assert "陈接访" in own.run()


def test_a_stolen_stream_id_gives_a_colleague_only_their_own(served: Served, clerk: str) -> None:
    outsider = served.sign_in("outsider")
    with served.stream(clerk) as own:
        own.run()
    for _ in range(TRIES):
        with served.stream(outsider, resume=own.session_id) as thief:
            drawn = thief.run()
        assert thief.session_id != own.session_id
        assert "吴外人" in drawn
        assert "陈接访" not in drawn


def test_ones_own_stream_can_be_resumed(served: Served, clerk: str) -> None:
    with served.stream(clerk) as own:
        own.run()
    with served.stream(clerk, resume=own.session_id) as again:
        again.run()
    assert again.session_id == own.session_id


def test_an_anonymous_stream_can_not_be_resumed(served: Served) -> None:
    with served.stream() as first:
        first.run()
    with served.stream(resume=first.session_id) as second:
        second.run()
    assert second.session_id != first.session_id


def test_identity_headers_of_a_client_are_ignored(served: Served) -> None:
    with served.stream(X_Linli_Identity="session-1", X_Linli_Address="10.0.0.1") as stranger:
        stranger.run()
        assert "User name" in stranger.widgets
    outsider = served.sign_in("outsider")
    with served.stream(outsider, X_Linli_Identity="session-1") as spoof:
        assert "吴外人" in spoof.run()
    with served.http(X_Linli_Identity="session-1") as client:
        assert client.get("/_stcore/metrics").status_code == 401


@pytest.mark.parametrize("frame", [b"\xff\xff\xff", b"not a message", "text"], ids=repr)
def test_a_malformed_frame_leaks_nothing(served: Served, clerk: str, frame: bytes | str) -> None:
    with served.stream(clerk) as tab:
        tab.run()
        tab.socket.send(frame)
        drawn = tab.listen(10)
    assert tab.closed_with == 1002
    assert drawn.strip() in ("", "session_status_changed {\n}")


def test_a_stranger_may_not_send_long_frames(served: Served) -> None:
    with served.stream() as tab:
        tab.run()
        tab.socket.send(b"x" * 70_000)
        assert tab.wait_until_closed(10) == 1009


# --- tickets, cookies, sign-out ---


def test_a_ticket_works_once(served: Served) -> None:
    ticket = served.ticket("handler")
    with served.http() as client:
        first = client.post("/session/claim", data={"ticket": ticket})
        second = client.post("/session/claim", data={"ticket": ticket})
    assert (first.status_code, second.status_code) == (303, 303)
    assert "set-cookie" in first.headers
    assert "set-cookie" not in second.headers


def test_the_cookie_is_opaque_and_out_of_reach_of_scripts(served: Served) -> None:
    with served.http() as client:
        answer = client.post("/session/claim", data={"ticket": served.ticket("handler")})
    name_and_value, *flags = (part.strip() for part in answer.headers["set-cookie"].split(";"))
    assert re.fullmatch(r"linli=[A-Za-z0-9_-]{43}", name_and_value)
    assert {flag.lower() for flag in flags} == {"httponly", "path=/", "samesite=lax"}


@pytest.mark.parametrize("target", ["/case?id=17&tab=files", "/people"])
def test_the_deep_link_survives(served: Served, target: str) -> None:
    path, _, query = target.lstrip("/").partition("?")
    with served.stream() as tab:
        tab.run(page=path, query=query)
        drawn = tab.submit({"User name": "clerk", "Password": PASSWORD}, button="Sign in")
    ticket = re.search(r'data-field-ticket=\\?"([^"\\]+)', drawn)
    assert ticket
    with served.http() as client:
        answer = client.post("/session/claim", data={"ticket": ticket[1]})
    assert answer.headers["location"] == target


def test_a_wrong_password_says_nothing_about_the_name(served: Served) -> None:
    said = []
    for username in ("clerk", "no-such-name"):
        with served.stream() as tab:
            tab.run()
            drawn = tab.submit({"User name": username, "Password": "wrong wrong"}, button="Sign in")
        said.append(re.findall(r'body: "([^"]*not right[^"]*)"', drawn))
    assert said[0] == said[1] == ["User name or password is not right."]


def test_signing_in_again_ends_the_browsers_older_session(served: Served) -> None:
    older = served.sign_in("viewer")
    with served.http(older) as client:
        client.post("/session/claim", data={"ticket": served.ticket("viewer")})
    with served.http(older) as client:
        assert client.get("/_stcore/metrics").status_code == 401


@pytest.mark.parametrize("origin", ["http://evil.example", "null", ""])
def test_a_post_from_elsewhere_is_refused(served: Served, origin: str) -> None:
    with served.http(Origin=origin) as client:
        answer = client.post("/session/claim", data={"ticket": "x"})
    assert answer.status_code == 403


def test_signing_out_needs_the_forms_own_token(served: Served) -> None:
    token = served.sign_in("head")
    with served.http(token) as client:
        assert client.post("/session/end", data={"token": "x"}).status_code == 403
        assert client.get("/_stcore/metrics").status_code == 404


def test_after_signing_out_the_cookie_is_dead_and_open_sockets_close(served: Served) -> None:
    token = served.sign_in("head")
    with served.stream(token) as tab, served.stream(token) as other:
        other.run()
        tab.run()
        drawn = tab.submit({}, button="Sign out")
        form_token = re.search(r'data-field-token=\\?"([^"\\]+)', drawn)
        assert form_token
        with served.http(token) as client:
            answer = client.post("/session/end", data={"token": form_token[1]})
            assert answer.status_code == 303
            assert "storage" in answer.headers["clear-site-data"]
            assert 'linli=""' in answer.headers["set-cookie"]
            started = time.monotonic()
            assert other.wait_until_closed(8) == 4401
            assert time.monotonic() - started < 5
            for _ in range(TRIES):
                assert client.get("/_stcore/metrics").status_code == 401
    for _ in range(TRIES):
        with served.stream(token, resume=other.session_id) as replayed:
            replayed.run()
        assert "User name" in replayed.widgets


# --- files ---


def test_uploads_only_into_ones_own_stream(served: Served, clerk: str) -> None:
    outsider = served.sign_in("outsider")
    with served.stream(clerk) as own:
        own.run()
        where = f"/_stcore/upload_file/{own.session_id}/x"
        for token, expected in ((outsider, 403), (clerk, 204)):
            with served.http(token) as client:
                xsrf = client.get("/_stcore/health").cookies["_streamlit_xsrf"]
                client.headers["Cookie"] += f"; _streamlit_xsrf={xsrf}"
                answer = client.put(where, files={"file": b"x"}, headers={"X-Xsrftoken": xsrf})
            assert answer.status_code == expected


def test_as_much_is_let_through_as_an_import_may_hold(served: Served, clerk: str) -> None:
    with served.stream(clerk) as own, served.http(clerk) as client:
        own.run()
        xsrf = client.get("/_stcore/health").cookies["_streamlit_xsrf"]
        client.headers["Cookie"] += f"; _streamlit_xsrf={xsrf}"
        for megabytes, expected in ((49, 204), (51, 413)):
            file = {"file": bytes(megabytes * 1024 * 1024)}
            where = f"/_stcore/upload_file/{own.session_id}/{megabytes}"
            answer = client.put(where, files=file, headers={"X-Xsrftoken": xsrf})
            assert answer.status_code == expected


def test_a_signed_in_person_reaches_nothing_that_is_not_listed(served: Served, clerk: str) -> None:
    with served.http(clerk) as client:
        for path in ("/media/0123456789abcdef.png", "/_stcore/metrics", "/_stcore/agent/mcp", "/nowhere"):
            assert client.get(path).status_code == 404


# --- first passwords ---


def test_a_first_password_opens_only_the_screen_to_change_it(served: Served) -> None:
    token = served.sign_in("auditor")
    for screen in SCREENS:
        with served.stream(token) as tab:
            tab.run(page=screen.path)
        assert "Present password" in tab.widgets
        assert "Sign out" in tab.widgets
    with served.http(token) as client:
        assert client.get("/_stcore/metrics").status_code == 403


# --- headers ---


def test_every_answer_carries_the_headers(served: Served, clerk: str) -> None:
    asked = [
        ("GET", "/", {}),
        ("GET", "/desk", {}),
        ("GET", "/cases", {}),
        ("GET", "/healthz", {}),
        ("GET", "/favicon.png", {}),
        ("GET", "/app/static/front_door.js", {}),
        ("GET", "/app/static/none.js", {}),
        ("GET", "/static/none.js", {}),
        ("GET", "/setup?token=x", {}),
        ("GET", "/session/claim", {}),
        ("GET", "/_stcore/health", {}),
        ("GET", "/_stcore/host-config", {}),
        ("GET", "/_stcore/stream", {}),
        ("GET", "/media/x", {}),
        ("GET", "/a//b", {}),
        ("GET", "/a/%2e%2e/b", {}),
        ("GET", "/a%00b", {}),
        ("GET", "/nowhere", {"accept": "text/html"}),
        ("GET", "/", {"host": "evil.example"}),
        ("POST", "/cases", {}),
        ("POST", "/session/claim", {"origin": "http://evil.example"}),
        ("POST", "/session/claim", {"x-long": "yes"}),
        ("DELETE", "/_stcore/upload_file/x/y", {}),
        ("OPTIONS", "/cases", {}),
        ("TRACE", "/", {}),
        ("PUT", "/healthz", {}),
    ]
    seen = set()
    for token in ("", clerk):
        with served.http(token) as client:
            for method, path, headers in asked:
                answer = client.request(
                    method, path, headers=headers, content=b"x" * 99_999 if "x-long" in headers else None
                )
                seen.add(answer.status_code)
                assert set(answer.headers) >= SECURITY, (method, path, answer.status_code)
                assert "server" not in answer.headers
                assert "access-control-allow-origin" not in answer.headers
                static = path.startswith(("/static/", "/app/static/"))
                assert static or answer.headers["cache-control"] == "no-store", path
                assert "unsafe-eval" not in answer.headers["content-security-policy"]
    assert {200, 303, 400, 401, 403, 404, 405, 413} <= seen


def test_the_policy_names_streamlits_own_inline_script_and_no_other(served: Served) -> None:
    with served.http() as client:
        policy = client.get("/").headers["content-security-policy"]
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert re.fullmatch(r"script-src 'self' 'sha256-[A-Za-z0-9+/=]{44}'", scripts)


# --- revoked from another process ---


@pytest.fixture
def on_postgres(postgres_server: str, tmp_path: Path) -> Iterator[tuple[Served, engine.Database]]:
    """A server and this process over one PostgreSQL database."""
    with postgres.administering(postgres_server) as server:
        server.execute("DROP DATABASE IF EXISTS linli_front_door WITH (FORCE)")
        server.execute("CREATE DATABASE linli_front_door OWNER linli")
    url = f"{postgres_server}/linli_front_door"
    database, _ = a_database(tmp_path / "data", url)
    give_passwords(database)
    try:
        with Served(tmp_path / "data", url) as served:
            yield served, database
    finally:
        database.close()


@pytest.mark.postgres
def test_a_disabled_persons_open_socket_closes_within_five_seconds(
    on_postgres: tuple[Served, engine.Database],
) -> None:
    served, database = on_postgres
    token, colleague = served.sign_in("clerk"), served.sign_in("handler")
    with ExitStack() as open_tabs, served.stream(colleague) as other:
        tabs = [open_tabs.enter_context(served.stream(token)) for _ in range(TRIES)]
        for tab in (*tabs, other):
            tab.run()
        with database.transaction(SYSTEM) as session:
            person = session.query(Person).filter_by(username="clerk").one()
            person.active = False
        started = time.monotonic()
        assert [tab.wait_until_closed(8) for tab in tabs] == [4401] * TRIES
        assert time.monotonic() - started < 5
        with database.transaction(SYSTEM) as session:
            person = session.query(Person).filter_by(username="handler").one()
            accounts.revoke_sessions(session, person.id, "role changed")
        assert other.wait_until_closed(5) == 4401
    with served.http(token) as client:
        assert client.get("/_stcore/metrics").status_code == 401


# --- afterwards ---


def test_posts_of_one_address_are_limited(served: Served) -> None:
    with served.http() as client:
        answers = [client.post("/session/claim", data={"ticket": "x"}).status_code for _ in range(60)]
        assert 429 in answers
        assert set(client.post("/session/claim").headers) >= SECURITY


def test_zz_the_journal_and_the_log_hold_no_secrets(served: Served) -> None:
    served.ticket("clerk", "a-canary-password")
    served.ticket("a-canary-name", "x")
    served.stop()
    log = served.log
    with closing(engine.open_database(settings_for(served.folder))) as database, database.reading() as session:
        rows = session.execute(text("SELECT event, coalesce(before, '') || coalesce(after, '') FROM journal")).all()
        journal = "".join(detail for _, detail in rows)
        events = {event for event, _ in rows}
        tokens = [row[0] for row in session.execute(text("SELECT token_hash FROM sign_in_session"))]
    assert {"sign_in", "sign_in_failed", "sign_out"} <= events
    assert all(re.fullmatch("[0-9a-f]{64}", token) for token in tokens)
    for secret in ("a-canary-password", "a-canary-name", PASSWORD):
        assert secret not in log
        assert secret not in journal
    assert "Traceback" not in log


def test_a_refused_start_says_one_line_and_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o700)
    refused = Served(tmp_path / "data", environ={"LINLI_WITHOUT_SECOND_FACTOR": ""})
    with pytest.raises(RuntimeError):
        refused.start()
    assert refused.process is not None
    assert refused.process.wait(20) == 1
    lines = refused.log.strip().splitlines()
    assert "Traceback" not in refused.log
    assert lines[-1].startswith("Linli does not start: second_factor_roles leaves the administrator out")
