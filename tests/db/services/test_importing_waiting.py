"""A file put by: kept as it was chosen, previewed with residents masked, begun once, thrown away, forgotten in time."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from db import clock
from db.engine import Database
from db.journal import JournalRow
from db.models import CaseImport, Unit
from db.rules.permissions import Role
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.services.files import Upload
from db.services.importing import filing, lists, mapping, running, waiting
from tests.db.services.test_importing_running import ended
from tests.factories import NOW, SYSTEM, Office, a_person, actor_of
from tests.made_imports import UNKNOWN, orders

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
ROWS = 120


def put_by(office: Office, **more: object) -> int:
    """A made-up file, put by."""
    upload = Upload("工单.csv", orders(ROWS).content)
    return waiting.put_by(office.clerk, **{"upload": upload, "key": "put", **more})  # type: ignore[arg-type]


def with_text(office: Office, import_id: int) -> mapping.Chosen:
    """The choice corrected by hand: the heading nobody knows holds the text."""
    seen = waiting.waiting(office.clerk, import_id=import_id)
    assert seen is not None
    chosen = replace(seen.chosen, columns={**seen.chosen.columns, UNKNOWN: "text"})
    waiting.choose(office.clerk, import_id=import_id, chosen=chosen)
    return chosen


def files(database: Database) -> list[Path]:
    return list((database.settings.folder / filing.FOLDER).iterdir())


def test_a_file_is_kept_previewed_and_begun_once(database: Database, office: Office) -> None:
    import_id = put_by(office)
    assert put_by(office) == import_id
    assert len(files(database)) == 1
    with pytest.raises(Refused):
        waiting.waiting(office.handler, import_id=import_id)
    seen = waiting.waiting(office.director, import_id=import_id)
    assert seen is not None
    assert (seen.encoding, seen.chosen.columns[UNKNOWN]) == ("gb18030", "")
    chosen, made = with_text(office, import_id), orders(ROWS)
    found = waiting.preview_waiting(office.clerk, import_id=import_id)
    assert (found.counts["added"], found.counts["rejected"]) == (made.added, made.rejected)
    assert {row.fields["name"] for row in found.rows} <= {"", "虚**", "虚***"}
    assert {len(found.rows), len(found.rejected)} == {20, made.rejected}
    for _ in range(2):
        assert waiting.begin(office.clerk, import_id=import_id, chosen=chosen, key="begin") == import_id
    assert ended(office.clerk, import_id).counts["added"] == made.added
    assert waiting.waiting(office.clerk, import_id=import_id) is None
    with pytest.raises(NotThere):
        waiting.choose(office.clerk, import_id=import_id, chosen=chosen)
    like = put_by(office, like=import_id, key="again")
    again = waiting.waiting(office.clerk, import_id=like)
    assert again is not None
    assert again.chosen.columns == chosen.columns


def test_a_leader_s_look_at_a_clerk_s_file_is_journalled_once(database: Database, office: Office) -> None:
    import_id = put_by(office)
    for who in (office.clerk, office.leader, office.leader):
        waiting.look(who, import_id=import_id)
    with database.reading() as session:
        about = select(JournalRow.actor_id).where(JournalRow.tbl == "case_import", JournalRow.event == "look")
        assert session.scalars(about).all() == [office.leader.id]


def test_what_is_wrong_is_told_beside_it(office: Office) -> None:
    import_id = put_by(office)
    chosen = with_text(office, import_id)
    twice = replace(chosen, columns={**chosen.columns, "诉求标题": "text"}, defaults={"grade": "huge"})
    wrong = waiting.problems_of(office.clerk, chosen=twice)
    assert [problem.field for problem in wrong] == [UNKNOWN, "grade"]
    with pytest.raises(Problems):
        waiting.begin(office.clerk, import_id=import_id, chosen=twice, key="begin")
    assert waiting.problems_of(office.clerk, chosen=chosen) == ()
    with pytest.raises(Problems, match="only these can"):
        put_by(office, upload=Upload("工单.docx", b"PK"), key="other")


def test_the_headings_may_stand_in_another_row(office: Office) -> None:
    import_id = put_by(office)
    sheet = waiting.look(office.clerk, import_id=import_id).sheets[0]
    assert (sheet.header_row, [row for row, _ in sheet.top]) == (2, [1, 2])
    moved = waiting.look(office.clerk, import_id=import_id, header_rows={"": 3}).sheets[0]
    assert (moved.header_row, moved.columns[0].heading) == (3, "9900000001")


def test_a_mapping_is_laid_on_renamed_and_the_file_thrown_away(database: Database, office: Office) -> None:
    import_id = put_by(office)
    saved = mapping.save(office.clerk, name="热线", chosen=with_text(office, import_id), key="save")
    other = mapping.save(office.clerk, name="旧台账", chosen=with_text(office, import_id), key="other")
    with pytest.raises(Problems, match="called so already"):
        mapping.rename(office.clerk, mapping_id=other, name=" 热线 ", version=1, key="rename")
    mapping.rename(office.clerk, mapping_id=other, name="留言板", version=1, key="rename")
    with pytest.raises(Changed):
        mapping.rename(office.clerk, mapping_id=other, name="台账", version=1, key="late")
    assert [one.name for one in mapping.saved(office.clerk)] == ["热线", "留言板"]
    waiting.discard(office.clerk, import_id=import_id, key="away")
    waiting.discard(office.clerk, import_id=import_id, key="away")
    assert files(database) == []
    second = put_by(office, key="second")
    sheets = waiting.look(office.clerk, import_id=second)
    waiting.lay_on(office.clerk, import_id=second, sheets=sheets, mapping_id=saved)
    seen = waiting.waiting(office.clerk, import_id=second)
    assert seen is not None
    assert seen.chosen.columns[UNKNOWN] == "text"


def test_a_file_nobody_came_back_to_is_forgotten(database: Database, office: Office) -> None:
    with clock.at(NOW):
        put_by(office)
    with clock.at(NOW + timedelta(days=8)):
        kept = put_by(office, key="later")
    with database.reading() as session:
        assert list(session.scalars(select(CaseImport.id))) == [kept]
    assert len(files(database)) == 1
    assert lists.imports(office.clerk).rows["state"].tolist() == ["new"]


def test_the_names_in_a_file_are_seen_by_whose_file_it_is(database: Database, office: Office) -> None:
    import_id = put_by(office)
    with database.transaction(SYSTEM) as session:
        unit = session.get_one(Unit, office.centre)
        other = actor_of(a_person(session, "clerk2", unit=unit, roles={Role.CLERK}), unit, {Role.CLERK})
    asks = (waiting.waiting, waiting.look, waiting.preview_waiting, partial(waiting.discard, key="x"))
    for ask in asks:
        with pytest.raises(NotThere):
            ask(other, import_id=import_id)
    assert waiting.look(office.deputy, import_id=import_id).sheets


def test_a_file_that_broke_off_is_forgotten_in_a_week(database: Database, office: Office) -> None:
    import_id = put_by(office)
    with database.transaction(SYSTEM) as session:
        session.get_one(CaseImport, import_id).state = "stopped"
    for days, left in ((6, 1), (8, 0)):
        with clock.at(NOW + timedelta(days=days)), database.transaction(SYSTEM) as session:
            waiting.forget_old(session)
        assert len(files(database)) == left
    with pytest.raises(Problems, match="bring it in again"):
        running.resume(office.clerk, import_id=import_id)
