"""Two served processes on one PostgreSQL behind HAProxy, set up as docs/servers says: who is where makes no odds."""

import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from db.engine import Database
from db.models import JournalRow
from db.rules.problems import Changed
from db.services import cases, intake
from tests import postgres
from tests.factories import Office, a_database
from tests.faults.writers import MATTER
from tests.serving import PATIENCE, ROOT, Served, _free_port, give_passwords

pytestmark = [pytest.mark.slow, pytest.mark.postgres]
WAYS = ROOT / "docs" / "servers" / "haproxy.cfg"


@contextmanager
def in_front(program: str, folder: Path, one: Served, two: Served) -> Iterator[Served]:
    """HAProxy with our own file, on a free port and without TLS."""
    way = Served(folder / "data", port=_free_port())
    replaced = {
        r"    bind :80\n    bind :443 .*": f"    bind 127.0.0.1:{way.port}",
        r"    (user|group) haproxy\n": "",
        r".*redirect scheme https.*\n": "",
        r"httponly secure": "httponly",
    }
    written = WAYS.read_text(encoding="utf-8")
    for pattern, becomes in replaced.items():
        written, times = re.subn(pattern, becomes, written)
        assert times, pattern
    (folder / "haproxy.cfg").write_text(written, encoding="utf-8")
    environ = {"LINLI_ONE": f"127.0.0.1:{one.port}", "LINLI_TWO": f"127.0.0.1:{two.port}"}
    process = subprocess.Popen([program, "-db", "-q", "-f", str(folder / "haproxy.cfg")], env=environ)
    try:
        until = time.monotonic() + PATIENCE / 1000
        while True:
            try:
                assert httpx.get(f"{way.url}/healthz", timeout=10).json() == {"ok": True}
                break
            except httpx.TransportError:
                assert process.poll() is None, "HAProxy does not take our file"
                assert time.monotonic() < until
                time.sleep(0.1)
        yield way
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def office_at(postgres_server: str, tmp_path: Path) -> Iterator[tuple[Served, Served, Database, Office]]:
    """An office with two served processes, and this one as a third."""
    with postgres.administering(postgres_server) as server:
        server.execute("DROP DATABASE IF EXISTS linli_several WITH (FORCE)")
        server.execute("CREATE DATABASE linli_several OWNER linli")
    url = f"{postgres_server}/linli_several"
    database, office = a_database(tmp_path / "data", url)
    give_passwords(database)
    both = [Served(tmp_path / "data", url) for _ in range(2)]
    with closing(database), ThreadPoolExecutor() as pool:
        try:
            list(pool.map(Served.start, both))
            yield both[0], both[1], database, office
        finally:
            list(pool.map(Served.stop, both))


def test_two_processes_are_one_office(office_at: tuple[Served, Served, Database, Office], tmp_path: Path) -> None:
    one, two, database, office = office_at
    _is_seen_everywhere(one, two, office)
    _ends_everywhere(one, two, database)
    program = shutil.which("haproxy", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    if program is None:
        pytest.skip("haproxy is not installed: both processes were asked without it")
    with in_front(program, tmp_path, one, two) as way:
        _ends_everywhere(one, way, database)
        _goes_on_when_a_process_ends(one, two, way)


def _is_seen_everywhere(one: Served, two: Served, office: Office) -> None:
    """Registered in this process, seen in the others; who saves second is told."""
    case_id = intake.register(office.clerk, intake=MATTER, key="several").case_id
    seen = cases.view(office.clerk, case_id=case_id).version
    token = one.sign_in("clerk")
    for place in (one, two):
        with place.stream(token) as tab:
            assert MATTER.subject in tab.run(page="case", query=f"id={case_id}")
    cases.amend(office.clerk, case_id=case_id, version=seen, values={"note": "先保存"}, key="first")
    with pytest.raises(Changed):
        cases.amend(office.clerk, case_id=case_id, version=seen, values={"note": "后保存"}, key="second")
    with two.stream(token) as tab:
        drawn = tab.run(page="case", query=f"id={case_id}")
    assert "先保存" in drawn
    assert "后保存" not in drawn


def _ends_everywhere(one: Served, way: Served, database: Database) -> None:
    """Signed out elsewhere, the socket open in a process closes; the address is the one the person really has."""
    token = one.sign_in("head")
    with one.stream(token) as tab:
        tab.run()
        found = re.search(r'data-field-token=\\?"([^"\\]+)', tab.submit({}, button="Sign out"))
        assert found
        elsewhere = httpx.HTTPTransport(local_address="127.0.0.2")
        told = {"Origin": way.url, "Cookie": f"linli={token}; linli_process=two", "X-Forwarded-For": "203.0.113.9"}
        with httpx.Client(base_url=way.url, transport=elsewhere, headers=told, timeout=60) as client:
            assert client.post("/session/end", data={"token": found[1]}).status_code == 303
        began = time.monotonic()
        assert tab.wait_until_closed(8) == 4401
        assert time.monotonic() - began < 5
    with database.reading() as session:
        origins = set(session.scalars(select(JournalRow.origin)))
    assert "127.0.0.2" in origins
    assert "203.0.113.9" not in origins


def _goes_on_when_a_process_ends(one: Served, two: Served, way: Served) -> None:
    """Signed in through the front, in two steps; the process ends, and the session goes on in the other."""
    token = way.sign_in("handler")
    with httpx.Client(base_url=way.url, cookies={"linli": token}, timeout=60) as client:
        places = [client.get("/session/alive").cookies.get("linli_process") for _ in range(3)]
        assert places[0] in ("one", "two")
        assert places[1:] == [None, None], "who has a place keeps it"
        {"one": one, "two": two}[places[0]].stop()
        answer = client.get("/session/alive")
        assert answer.json() == {"alive": True}
        assert answer.cookies.get("linli_process") == {"one": "two", "two": "one"}[places[0]]
    with way.stream(token) as tab:
        assert "User name" not in tab.run()
        assert not tab.closed_with
