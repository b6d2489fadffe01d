"""Attacks of others' history on doors, sessions, tokens and files; named as in reliability 1.2."""

import asyncio
import io
import re
import stat
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select, update
from streamlit.runtime import Runtime

from components.front_door import addresses, identity, sweeper
from components.front_door.guard import Guard
from db import clock
from db.base import Base
from db.engine import Database
from db.models import Attachment, Export, Person, SignInCounter, SignInSession, SignInTicket
from db.rules import files as rules
from db.rules.files import FOLDER
from db.rules.problems import NotThere, Problems
from db.services import accounts, exports, files
from db.services.cases import Choice, Tab
from db.services.files import Upload
from tests.db.services import stages
from tests.db.services.stages import brought
from tests.db.services.test_accounts import HERE, PASSWORD, people, sign_in, try_password
from tests.db.services.test_cases import key
from tests.factories import NOW, SYSTEM, Office
from tests.test_guard import ask, request_scope

__all__ = ["people"]
pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


class Reached(Exception):
    """The app behind the guard was asked."""


async def behind(*_: object) -> None:
    """The app, which nobody should reach."""
    raise Reached


def knock(scope: dict[str, Any]) -> list[dict[str, Any]]:
    """What a socket is told."""
    told: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        told.append(message)

    asyncio.run(Guard(behind)(scope, receive, send))
    return told


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("origin", ["", "http://evil.example", "null", "http://127.0.0.1:9999"])
def test_05_a_second_transport_cve_2022_40816(origin: str) -> None:
    scope = request_scope(addresses.STREAM) | {"type": "websocket", "extensions": {}}
    scope["headers"] = [
        (n, origin.encode() if n == b"origin" else v) for n, v in scope["headers"] if n != b"origin" or origin
    ]
    assert [message["type"] for message in knock(scope)] == ["websocket.close"]


@pytest.mark.usefixtures("people")
def test_06_attachments_cve_2026_114400_and_2020_25781(office: Office) -> None:
    case_id = brought(office, stages.HANDLING)
    (file_id,) = files.attach(office.handler, case_id=case_id, uploads=[Upload("a.txt", b"words")], key=key())
    with pytest.raises(NotThere):
        files.fetch(office.outsider, attachment_id=file_id)
    for path in (f"/files/{file_id}", "/media/aa.png", "/export/x", f"/print/case/{case_id}"):
        assert ask(Guard(behind), request_scope(path))[0] == 401, path


def test_07_guessable_tokens_cve_2026_40496_and_2024_33668(database: Database, office: Office) -> None:
    exports._asked._inside._left.clear()
    case_id = brought(office, stages.HANDLING)
    files.attach(office.handler, case_id=case_id, uploads=[Upload("a.txt", b"words")] * 3, key=key())
    asked = [
        exports.ask(office.clerk, choice=Choice(tab=Tab.ALL), columns=("number",), language="en").token for _ in "12"
    ]
    with database.reading() as session:
        names = list(session.scalars(select(Attachment.stored_name)))
        kept = list(session.scalars(select(Export.token_hash)))
    assert len({*names, *asked}) == 5
    assert all(len(name) >= 32 and not name.isdigit() for name in names), "128 bits, no numbers in a row"
    assert all(len(token) >= 43 for token in asked)
    assert not {*asked} & {*kept}, "the token itself is stored"
    with pytest.raises(NotThere):
        exports.fetch(office.deputy, token=asked[0])
    with clock.at(NOW + timedelta(minutes=11)), pytest.raises(NotThere):
        exports.fetch(office.clerk, token=asked[1])


@pytest.mark.parametrize("change", [{"active": False}, {"epoch": 99}])
def test_17_a_session_outlives_its_person_cve_2025_57766_and_2026_111917(
    people: Office, database: Database, change: dict[str, object]
) -> None:
    token = sign_in("clerk")
    seat = accounts.seat_by_token(token)
    assert seat is not None
    watch, closed = sweeper.Sweeper(), []

    async def close() -> None:
        closed.append(True)

    async def story() -> None:
        watch.opened(seat.session_id, close)
        await watch.sweep()
        assert not closed
        with database.transaction(SYSTEM) as session:
            session.execute(update(Person).where(Person.id == people.clerk.id).values(**change))
        await watch.sweep()

    asyncio.run(story())
    assert closed == [True], "the open socket goes on"
    assert accounts.seat_by_token(token) is None


@pytest.mark.usefixtures("database")
def test_18_a_session_id_replayed_ghsa_qvqr_5cv7_wh35(monkeypatch: pytest.MonkeyPatch) -> None:
    client = SimpleNamespace(client_context=SimpleNamespace(headers=[(identity.IDENTITY, "session-1")]))
    runtime = SimpleNamespace(get_client={"stolen": client}.get)
    monkeypatch.setattr(Runtime, "exists", lambda: True)
    monkeypatch.setattr(Runtime, "instance", lambda: runtime)
    assert identity.owns_stream("session-1", "stolen")
    for thief in ("session-2", "anonymous-1", ""):
        assert not identity.owns_stream(thief, "stolen")


@pytest.mark.usefixtures("people")
def test_20_racing_the_counter_cve_2026_110653_and_2022_35490(database: Database) -> None:
    def wrong(_: int) -> str:
        try:
            return try_password("clerk", "wrong wrong")
        except accounts.Waiting:
            return "waiting"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(wrong, range(16)))
    with database.reading() as session:
        assert sorted(session.scalars(select(SignInCounter.failures))) == [16, 16]
    assert answers.count("waiting") == 11


@pytest.mark.usefixtures("people")
def test_21_tickets_cve_2026_53595(database: Database) -> None:
    ticket = try_password("clerk", PASSWORD)
    with database.reading() as session:
        assert ticket not in set(session.scalars(select(SignInTicket.token_hash)))
    for bad in ("", "x" * 43, ticket[:-1], accounts.issue_set_up_ticket()):
        assert accounts.claim(bad, address=HERE, browser="", replaces="") is None
    with clock.at(NOW + timedelta(minutes=5)):
        assert accounts.claim(ticket, address=HERE, browser="", replaces="") is None
    assert accounts.claim(ticket, address=HERE, browser="", replaces="")
    assert accounts.claim(ticket, address=HERE, browser="", replaces="") is None


@pytest.mark.parametrize(
    "name", ["../../etc/cron.d/x.txt", "/etc/passwd.txt", "\\\\host\\share\\x.txt", "C:\\x.txt", "x\x00.txt"]
)
def test_23_path_traversal_cve_2022_35918_and_2026_41193(database: Database, office: Office, name: str) -> None:
    case_id = brought(office, stages.HANDLING)
    files.attach(office.handler, case_id=case_id, uploads=[Upload(name, b"words")], key=key())
    with database.reading() as session:
        row = session.scalars(select(Attachment)).one()
    assert re.fullmatch(r"[0-9a-f]{32}", row.stored_name)
    assert not set("/\\\x00") & set(row.name)
    assert (database.settings.folder / FOLDER / row.stored_name).is_file()
    assert not addresses.is_tidy(f"/files/../{name}")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("letter.pdf", b"MZ\x90\x00"),
        ("photo.png", b"<svg onload=alert(1)>"),
        ("list.xlsx", b"PK\x03\x04 no workbook"),
        ("letter.docx", b"%PDF-1.4 %%EOF"),
        ("x.txt", b"\x00\x01\x02"),
    ],
)
def test_25_types_checked_only_in_the_browser_cve_2025_1684(
    database: Database, office: Office, name: str, content: bytes
) -> None:
    case_id = brought(office, stages.HANDLING)
    with pytest.raises(Problems):
        files.attach(office.handler, case_id=case_id, uploads=[Upload(name, content)], key=key())
    assert not list((database.settings.folder / FOLDER).glob("*"))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "")
        archive.writestr("xl/workbook.xml", b" " * 10_000_000)
    assert rules.why_not_file("bomb.xlsx", packed.getvalue(), 20)


def test_29_local_privilege_and_backups_cve_2026_102490(database: Database, office: Office) -> None:
    case_id = brought(office, stages.HANDLING)
    files.attach(office.handler, case_id=case_id, uploads=[Upload("a.txt", b"words")], key=key())
    folder = database.settings.folder
    kept = [folder / "secrets.json", *(folder / FOLDER).rglob("*"), folder, folder / FOLDER]
    assert len(kept) == 4
    assert [path.name for path in kept if stat.S_IMODE(path.stat().st_mode) & 0o077] == []
    assert database.keys.identity not in (folder / "linli.db").read_bytes()


@pytest.mark.usefixtures("database")
def test_30_anonymous_uploads_streamlit_route() -> None:
    big = request_scope(f"{addresses.UPLOAD}abc/def", method="PUT", **{"content-length": str(100 * 1024 * 1024)})
    assert ask(Guard(behind), big)[0] in (401, 413)
    small = request_scope(f"{addresses.UPLOAD}abc/def", method="PUT", **{"content-length": "10"})
    assert ask(Guard(behind), small)[0] in (401, 403)
    unsaid = request_scope(f"{addresses.UPLOAD}abc/def", method="PUT")
    assert ask(Guard(behind), unsaid)[0] in (401, 411)
    assert SignInSession.__tablename__ in Base.metadata.tables
