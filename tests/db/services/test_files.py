"""Files of a case or a dispute on both engines: kept once or not at all, given only to those who may see it."""

import io
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import func, select

from db.engine import Database
from db.journal import JournalRow
from db.models import Attachment, Dispute, DisputeMediator
from db.rules.files import FOLDER
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.services import files, intake
from db.services.files import Upload
from tests.db.services.test_cases import an_intake, key
from tests.db.services.untouched import nothing_changes
from tests.factories import NOW, SYSTEM, Office, a_dispute, mediator_of

TEXT = Upload("现场.txt", "夜里拍的".encode())


def a_photo(form: str = "JPEG") -> bytes:
    """A small photo that says where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    Image.new("RGB", (40, 20), "teal").save(out, form, exif=exif)
    return out.getvalue()


def kept(database: Database) -> list[Path]:
    """The files on the disk."""
    return sorted((database.settings.folder / FOLDER).glob("*"))


@pytest.fixture
def case(office: Office) -> int:
    """A matter registered by the clerk, with one file."""
    return intake.register(office.clerk, intake=an_intake(), key=key(), files=[TEXT]).case_id


def test_files_are_registered_with_their_matter(database: Database, office: Office, case: int) -> None:
    with database.reading() as session:
        row = session.scalars(select(Attachment).where(Attachment.case_id == case)).one()
    assert (row.name, row.internal, row.size) == ("现场.txt", False, len(TEXT.content))
    (path,) = kept(database)
    assert path.read_bytes() == TEXT.content
    assert path.name == row.stored_name != row.name
    fetched = files.fetch(office.clerk, attachment_id=row.id)
    assert (fetched.path, fetched.name) == (path, "现场.txt")
    with database.reading() as session:
        assert session.scalar(select(func.count()).where(JournalRow.event == "download")) == 1


def test_a_refused_matter_leaves_no_file(database: Database, office: Office) -> None:
    for changes, uploads in (
        ({"subject": ""}, [TEXT]),
        ({}, [TEXT, Upload("a.exe", b"MZ")]),
        ({}, [TEXT] * 21),
        ({}, [Upload("a.jpg", b"\xff\xd8\xff broken")]),
    ):
        with pytest.raises(Problems):
            intake.register(office.clerk, intake=an_intake(**changes), key=key(), files=uploads)
    assert kept(database) == []


def test_a_second_click_keeps_files_once(database: Database, office: Office) -> None:
    once = key()
    for _ in range(2):
        intake.register(office.clerk, intake=an_intake(), key=once, files=[TEXT])
    assert len(kept(database)) == 1


@pytest.mark.parametrize(("name", "form"), [("a.jpg", "JPEG"), ("a.png", "PNG"), ("a.webp", "WEBP")])
def test_a_photo_forgets_where_it_was_taken(database: Database, office: Office, name: str, form: str) -> None:
    content = a_photo(form)
    intake.register(office.clerk, intake=an_intake(), key=key(), files=[Upload(name, content)])
    with Image.open(kept(database)[0]) as before, Image.open(io.BytesIO(content)) as original:
        assert original.getexif()
        assert not before.getexif()
        assert before.format == form
        assert before.size == (20, 40)


def test_who_may_add_and_fetch(database: Database, office: Office, case: int) -> None:
    (added,) = files.attach(office.clerk, case_id=case, uploads=[TEXT], key=key())
    for actor in (office.handler, office.outsider):
        with pytest.raises(NotThere):
            files.attach(actor, case_id=case, uploads=[TEXT], key=key())
        with pytest.raises(NotThere):
            files.fetch(actor, attachment_id=added)
    for actor in (office.admin, office.viewer, office.auditor):
        with pytest.raises(Refused):
            files.fetch(actor, attachment_id=added)
    assert len(kept(database)) == 2


def test_a_removed_file_comes_back(office: Office, case: int) -> None:
    (added,) = files.attach(office.clerk, case_id=case, uploads=[TEXT], key=key())
    version = files.remove(office.clerk, attachment_id=added, version=1)
    with pytest.raises(NotThere):
        files.fetch(office.clerk, attachment_id=added)
    with pytest.raises(Changed):
        files.restore(office.clerk, attachment_id=added, version=1)
    files.restore(office.clerk, attachment_id=added, version=version)
    assert files.fetch(office.clerk, attachment_id=added).name == "现场.txt"


def test_a_case_holds_no_more_than_twenty(database: Database, office: Office, case: int) -> None:
    with pytest.raises(Problems, match="at most 20"):
        files.attach(office.clerk, case_id=case, uploads=[TEXT] * 20, key=key())
    assert len(kept(database)) == 1


def test_the_same_key_attaches_once(database: Database, office: Office, case: int) -> None:
    once = key()
    first = files.attach(office.clerk, case_id=case, uploads=[TEXT], key=once)
    assert files.attach(office.clerk, case_id=case, uploads=[TEXT], key=once) == first
    assert len(kept(database)) == 2


@pytest.fixture
def dispute(database: Database, office: Office) -> int:
    """A dispute the mediator took on."""
    with database.transaction(SYSTEM) as session:
        found = a_dispute(session, office, state="mediating")
        mine = {"mediator_id": mediator_of(session, office.mediator), "from_on": NOW.date()}
        session.add(DisputeMediator(dispute_id=found.id, **mine))
        return found.id


def test_a_disputes_files_are_its_mediators(database: Database, office: Office, dispute: int) -> None:
    (added,) = files.attach_to_dispute(office.mediator, dispute_id=dispute, uploads=[TEXT], key=key())
    with database.reading() as session:
        row = session.get_one(Attachment, added)
        assert (row.dispute_id, row.case_id, row.internal) == (dispute, None, True)
    for actor in (office.mediator, office.chair, office.director):
        assert files.fetch(actor, attachment_id=added).name == "现场.txt"
    with database.reading() as session:
        looked = select(JournalRow.actor).where(JournalRow.event == "download", JournalRow.tbl == "dispute")
        assert len(session.scalars(looked.where(JournalRow.pk == str(dispute))).all()) == 3
    with nothing_changes(database):
        for actor in (office.clerk, office.elsewhere):
            with pytest.raises(NotThere):
                files.attach_to_dispute(actor, dispute_id=dispute, uploads=[TEXT], key=key())
        for actor in (office.handler, office.viewer):
            with pytest.raises(Refused):
                files.attach_to_dispute(actor, dispute_id=dispute, uploads=[TEXT], key=key())
        for actor in (office.clerk, office.elsewhere, office.handler):
            with pytest.raises(NotThere):
                files.fetch(actor, attachment_id=added)
            with pytest.raises(NotThere):
                files.remove(actor, attachment_id=added, version=1)
        with pytest.raises(Refused):
            files.fetch(office.viewer, attachment_id=added)
    assert len(kept(database)) == 1


def test_a_mediator_has_no_way_into_a_cases_files(office: Office, case: int, dispute: int) -> None:
    (added,) = files.attach(office.clerk, case_id=case, uploads=[TEXT], key=key())
    with pytest.raises(NotThere):
        files.fetch(office.mediator, attachment_id=added)


def test_a_visitor_reads_files_and_leaves_them(database: Database, office: Office, dispute: int) -> None:
    (added,) = files.attach_to_dispute(office.mediator, dispute_id=dispute, uploads=[TEXT], key=key())
    with database.transaction(SYSTEM) as session:
        session.get_one(Dispute, dispute).visitor_id = office.clerk.id
    assert files.fetch(office.clerk, attachment_id=added).name == "现场.txt"
    with nothing_changes(database), pytest.raises(NotThere):
        files.remove(office.clerk, attachment_id=added, version=1)


def test_a_disputes_removed_file_comes_back(database: Database, office: Office, dispute: int) -> None:
    once = key()
    (added,) = files.attach_to_dispute(office.mediator, dispute_id=dispute, uploads=[TEXT], key=once)
    assert files.attach_to_dispute(office.mediator, dispute_id=dispute, uploads=[TEXT], key=once) == (added,)
    version = files.remove(office.mediator, attachment_id=added, version=1)
    with pytest.raises(NotThere):
        files.fetch(office.mediator, attachment_id=added)
    with pytest.raises(Changed):
        files.restore(office.mediator, attachment_id=added, version=1)
    files.restore(office.mediator, attachment_id=added, version=version)
    assert files.fetch(office.mediator, attachment_id=added).name == "现场.txt"
    assert len(kept(database)) == 1


def test_an_archived_dispute_takes_and_loses_no_file(database: Database, office: Office, dispute: int) -> None:
    (added,) = files.attach_to_dispute(office.mediator, dispute_id=dispute, uploads=[TEXT], key=key())
    with database.transaction(SYSTEM) as session:
        session.get_one(Dispute, dispute).state = "archived"
    with nothing_changes(database):
        with pytest.raises(Problems, match="archived"):
            files.attach_to_dispute(office.mediator, dispute_id=dispute, uploads=[TEXT], key=key())
        with pytest.raises(Problems, match="archived"):
            files.remove(office.mediator, attachment_id=added, version=1)
    assert files.fetch(office.mediator, attachment_id=added).name == "现场.txt"


def test_a_dispute_holds_no_more_than_sixty(database: Database, office: Office, dispute: int) -> None:
    for _ in range(3):
        files.attach_to_dispute(office.mediator, dispute_id=dispute, uploads=[TEXT] * 20, key=key())
    with nothing_changes(database), pytest.raises(Problems, match="at most 60"):
        files.attach_to_dispute(office.mediator, dispute_id=dispute, uploads=[TEXT], key=key())
    with database.reading() as session:
        first = session.scalars(select(Attachment.id).order_by(Attachment.id).limit(1)).one()
    version = files.remove(office.mediator, attachment_id=first, version=1)
    files.attach_to_dispute(office.mediator, dispute_id=dispute, uploads=[TEXT], key=key())
    with pytest.raises(Problems, match="at most 60"):
        files.restore(office.mediator, attachment_id=first, version=version)
    assert len(kept(database)) == 61
