"""One form for many cases: who may, what is left out, names of files, one document or a folder, fetched once."""

import io
import os
import time
import zipfile
from typing import Any

import docx
import pytest
from sqlalchemy import select

from components.front_door import exports as door
from db.documents.merging import together
from db.documents.names import file_name, unlike
from db.engine import Database
from db.journal import JournalRow
from db.rules.permissions import Actor, Role
from db.rules.problems import NotThere, Problems, Refused
from db.services import batch
from db.services import exports as doors
from db.services.cases import Choice, Tab
from tests.db.services import stages
from tests.db.services.stages import brought
from tests.factories import Office

EVERY = Choice(tab=Tab.ALL)


@pytest.fixture(autouse=True)
def nobody_has_asked_yet() -> None:
    doors._asked._inside._left.clear()


def made(actor: Actor, **asked: object) -> tuple[str, bytes, batch.Progress]:
    """A batch when it is ready; it leaves once."""
    progress = waited(actor, batch.start(actor, **asked))  # type: ignore[arg-type]
    assert progress.token
    name, content = door._workbook(actor, progress.token)
    with pytest.raises(NotThere):
        door._workbook(actor, progress.token)
    return name, content, progress


def waited(actor: Actor, batch_id: str) -> batch.Progress:
    """How a batch stands when nothing more happens to it."""
    until = time.monotonic() + 30
    while not (progress := batch.state(actor, batch_id=batch_id)).over and time.monotonic() < until:
        time.sleep(0.02)
    return progress


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_folder_and_one_document(database: Database, office: Office) -> None:
    first = brought(office, stages.ROUTED, subject="路灯/不亮: <一>")
    second = brought(office)
    sealed = brought(office, sealed=True)
    ids, left_out = batch.chosen(office.director, choice=EVERY)
    assert (set(ids), left_out) == ({first, second}, 1)
    name, content, _ = made(office.director, case_ids=ids, form="registration")
    assert name == "中心求决事项受理登记表 2.zip"
    with zipfile.ZipFile(io.BytesIO(content)) as folder:
        names = folder.namelist()
    assert len(names) == 2
    assert any("_路灯_不亮_ _一__" in one for one in names)
    name, content, progress = made(office.director, case_ids=[first, second], form="transfer_slip", one_document=True)
    assert name.endswith(".docx")
    assert (progress.made, len(progress.nothing)) == (1, 1)
    assert docx.Document(io.BytesIO(content)).tables
    with database.reading() as session:
        printed = session.scalars(select(JournalRow.case_id).where(JournalRow.event == "print")).all()
    assert sorted(filter(None, printed)) == sorted([first, second, first])
    for case_ids, error in (([sealed], NotThere), ([], Problems), (list(range(500)), Problems)):
        with pytest.raises(error):
            batch.start(office.director, case_ids=case_ids, form="registration")
    with pytest.raises(Refused):
        batch.start(office.clerk, case_ids=[first], form="registration", identities=True)
    with pytest.raises(Refused):
        batch.chosen(office.handler, choice=EVERY)
    batch_id = batch.start(office.director, case_ids=[second], form="registration")
    with pytest.raises(NotThere):
        batch.state(office.clerk, batch_id=batch_id)
    assert waited(office.director, batch_id).over


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_restart_is_told_and_the_batch_made_again(database: Database, office: Office) -> None:
    first = brought(office, stages.ROUTED)
    asked: dict[str, Any] = {"case_ids": [first], "form": "registration", "identities": True}
    director, deputy = office.director, office.deputy
    batch_id = batch.start(director, **asked)
    waited(director, batch_id)

    batch._running.clear()
    ready = batch.latest(director)
    assert ready is not None
    assert (ready[0], ready[1].token, ready[1].made) == (batch_id, batch_id, 1), "made before the restart"
    assert batch.latest(deputy) is None
    without = Actor(**{**vars(director), "roles": frozenset({Role.DUTY_LEADER})})
    with pytest.raises(Refused):
        batch.fetch(without, token=batch_id)
    batch.fetch(director, token=batch_id)
    assert batch.latest(director) is None

    with pytest.MonkeyPatch.context() as killed:
        killed.setattr(batch._Job, "run", lambda _: None)
        broken_off = batch.start(director, **asked)
        assert batch.start(director, **asked) == broken_off, "a double click"
    batch._running.clear()
    told = batch.latest(director)
    assert told is not None
    assert (told[0], told[1].broken_off, told[1].over) == (broken_off, True, True)
    with pytest.raises(NotThere):
        batch.fetch(director, token=broken_off)
    with pytest.raises(NotThere):
        batch.again(deputy, batch_id=broken_off)
    anew = batch.again(director, batch_id=broken_off)
    assert waited(director, anew).token == batch.again(director, batch_id=anew) == anew
    with pytest.raises(NotThere):
        batch.state(director, batch_id=broken_off)
    (kept,) = batch._folder().iterdir()
    batch.forget_unfetched(database.settings)
    assert kept.is_file()
    os.utime(kept, (0, 0))
    batch.forget_unfetched(database.settings)
    assert not kept.exists()


def _with_header(words: str) -> bytes:
    made = docx.Document()
    made.add_paragraph(words)
    made.sections[0].header.paragraphs[0].text = f"header of {words}"
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_documents_are_joined_with_their_own_headers() -> None:
    joined = docx.Document(io.BytesIO(together([_with_header(word) for word in ("one", "two", "three")])))
    assert [paragraph.text for paragraph in joined.paragraphs if paragraph.text] == ["one", "two", "three"]
    assert [section.header.paragraphs[0].text for section in joined.sections] == [
        f"header of {word}" for word in ("one", "two", "three")
    ]


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ('a/b\\c:d*e?f"g<h>i|j.docx', "a_b_c_d_e_f_g_h_i_j.docx"),
        ("CON.docx", "_CON.docx"),
        ("  . .zip", "_.zip"),
        ("\u202e甲\u200b乙\n丙.docx", "甲乙丙.docx"),
        ("长" * 300 + ".docx", "长" * 78 + ".docx"),
    ],
)
def test_names_every_system_takes(wanted: str, name: str) -> None:
    assert file_name(wanted) == name


def test_two_files_never_bear_one_name() -> None:
    taken: set[str] = set()
    assert [unlike(name, taken) for name in ("A.docx", "a.docx", "a.docx")] == ["A.docx", "a (2).docx", "a (3).docx"]
