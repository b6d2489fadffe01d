"""Backup, restore and check: what is restored is what was saved, and what is damaged is never put back."""

import gzip
import io
import os
import tarfile
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from db import clock, engine
from db.engine import Database
from db.journal import note
from db.models import Person
from db.services import calendar, journal, keeping
from db.services.keeping import archive as archives
from db.services.keeping import keys, sealing
from db.services.keeping.archive import SUFFIX, Manifest
from db.services.keeping.soundness import KeepingError
from db.settings import Settings, SettingsError, secrets_of
from tests.db.services.untouched import everything
from tests.factories import NOW, SYSTEM, Office, a_case, a_database, settings_for

POSIX = pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")


def saved(database: Database, destination: Path | None = None) -> Path:
    line = keeping.backup(database.settings, destination=destination)[0]
    return Path(line.removeprefix("backup: ").rpartition(" (")[0])


def upload(database: Database, name: str = "ab/photo", content: bytes = b"a photo") -> Path:
    path = database.settings.folder / "files" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def rename(database: Database, office: Office, name: str) -> None:
    with database.transaction(SYSTEM) as session:
        session.get_one(Person, office.clerk.id).name = name


def name_of(settings: object, office: Office) -> str:
    opened = engine.open_database(settings)  # type: ignore[arg-type]
    try:
        with opened.reading() as session:
            return session.get_one(Person, office.clerk.id).name
    finally:
        opened.close()


def unsealed(source: Path, settings: Settings) -> bytes:
    """The archive inside, as it was written before backups were sealed."""
    with source.open("rb") as file:
        assert file.read(len(sealing.MAGIC)) == sealing.MAGIC
        return gzip.decompress(io.BufferedReader(sealing.Opener(file, keys.backup_key(settings))).read())


def repacked(source: Path, settings: Settings, change: Callable[[str, bytes], bytes | None]) -> Path:
    """The same archive, unsealed, with its members changed or left out."""
    target = source.with_name("changed" + SUFFIX)
    with (
        tarfile.open(fileobj=io.BytesIO(unsealed(source, settings))) as old,
        tarfile.open(target, "w") as new,
    ):
        for member in old.getmembers():
            content = change(member.name, old.extractfile(member).read())  # type: ignore[union-attr]
            if content is not None:
                member.size = len(content)
                new.addfile(member, io.BytesIO(content))
    return target


def on_paper(settings: Settings) -> str:
    """The recovery key as it was printed."""
    return keeping.key_on_paper(settings)[1].strip()


def names_in(source: Path, settings: Settings) -> list[str]:
    with tarfile.open(fileobj=io.BytesIO(unsealed(source, settings))) as tar:
        return tar.getnames()


def manifest_of(source: Path, settings: Settings) -> Manifest:
    return archives.read_through(source, keys.backup_key(settings))


@pytest.mark.usefixtures("alone")
def test_a_restore_brings_back_what_was_saved(database: Database, office: Office) -> None:
    photo = upload(database)
    before = everything(database)
    archive = saved(database)
    head = journal.anchored(database.settings)[-1]
    rename(database, office, "somebody else")
    journal.anchor(database)
    photo.write_bytes(b"another photo")
    upload(database, "cd/later")
    database.close()
    lines = keeping.restore(database.settings, source=archive)
    assert any("kept" in line for line in lines)
    restored = engine.open_database(database.settings)
    try:
        after = everything(restored)
        assert after == before
        verdict = journal.verify_database(restored)
        assert verdict.sound, verdict
        assert verdict.rows > head.seq - 1
    finally:
        restored.close()
    assert photo.read_bytes() == b"a photo"
    assert not (database.settings.folder / "files/cd/later").exists()


def test_the_name_holds_the_head_and_the_recovery_key_stays_out(database: Database) -> None:
    lines = keeping.backup(database.settings)
    archive = saved(database)
    assert len(names_in(archive, database.settings)) == 3
    key = keys.printed(keys.backup_key(database.settings))
    assert not any(key.encode() in content for content in (archive.read_bytes(), unsealed(archive, database.settings)))
    assert any("backup-key" in line for line in lines)
    seq, mac = archive.name.removesuffix(SUFFIX).split("-")[-2:]
    assert any(a.seq == int(seq) and a.mac.startswith(mac) for a in journal.anchored(database.settings))


@POSIX
def test_a_backup_is_for_its_owner_only(database: Database) -> None:
    assert saved(database).stat().st_mode & 0o077 == 0


def test_a_backup_goes_where_it_is_told(database: Database, tmp_path: Path) -> None:
    assert saved(database, tmp_path / "usb" / "mine.linli-backup").name == "mine.linli-backup"
    assert saved(database, tmp_path / "folder").parent == tmp_path / "folder"
    left = [p.name for p in (tmp_path / "folder").iterdir()]
    assert len(left) == 1


def test_a_backup_is_taken_while_somebody_writes(database: Database, office: Office) -> None:
    stop, written = threading.Event(), []

    def write() -> None:
        while not stop.is_set():
            with database.transaction(SYSTEM) as session:
                written.append(a_case(session, office).id)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        while len(written) < 3:
            stop.wait(0.05)
        before = len(written)
        archive = saved(database)
        during = len(written) - before
    finally:
        stop.set()
        thread.join()
    assert during > 0
    assert journal.verify_database(database).sound
    assert before <= manifest_of(archive, database.settings).counts["case_file"] <= len(written)


@pytest.mark.parametrize("member", ["manifest.json", "database", "files"])
@pytest.mark.usefixtures("alone")
def test_a_damaged_backup_is_never_put_back(member: str, database: Database, office: Office) -> None:
    upload(database)
    archive = saved(database)
    rename(database, office, "now")

    def change(name: str, content: bytes) -> bytes | None:
        if name.startswith("linli.") and member == "database":
            return content[:5000] + bytes([content[5000] ^ 1]) + content[5001:]
        if name.startswith("files/") and member == "files":
            return None
        return content[:-20] if name == member else content

    broken = repacked(archive, database.settings, change)
    database.close()
    with pytest.raises(KeepingError):
        keeping.restore(database.settings, source=broken)
    assert name_of(database.settings, office) == "now"


@pytest.mark.usefixtures("alone")
def test_the_keys_of_another_office_are_told(database: Database, tmp_path: Path) -> None:
    archive = saved(database)
    database.close()
    other = settings_for(tmp_path / "other", database.settings.database_url)
    with pytest.raises(KeepingError, match="recovery key marked"):
        keeping.restore(other, source=archive)
    secrets_of(other)
    with pytest.raises(KeepingError, match=r"secrets\.json"):
        keeping.restore(other, source=archive, typed_key=on_paper(database.settings))


@pytest.mark.parametrize(
    ("name", "kind"), [("/etc/evil", tarfile.REGTYPE), ("../evil", tarfile.REGTYPE), ("files/x", tarfile.SYMTYPE)]
)
@pytest.mark.usefixtures("alone")
def test_an_archive_reaches_nowhere_else(name: str, kind: bytes, database: Database, tmp_path: Path) -> None:
    archive = saved(database)
    changed = repacked(archive, database.settings, lambda _name, content: content)
    with tarfile.open(changed, "a") as tar:
        member = tarfile.TarInfo(name)
        member.type, member.linkname = kind, "/etc/passwd"
        tar.addfile(member)
    database.close()
    with pytest.raises(KeepingError, match="no part of a backup"):
        keeping.restore(database.settings, source=changed)
    assert not (tmp_path / "evil").exists()


@pytest.mark.usefixtures("alone")
def test_no_restore_while_linli_runs(database: Database, office: Office) -> None:
    archive = saved(database)
    rename(database, office, "now")
    with database.reading() as session:
        session.execute(text("SELECT 1"))
        with pytest.raises(KeepingError, match="stop"):
            keeping.restore(database.settings, source=archive)
    database.close()
    assert name_of(database.settings, office) == "now"


@pytest.mark.usefixtures("alone")
def test_a_restore_makes_an_office_where_there_is_none(database: Database, office: Office, tmp_path: Path) -> None:
    if not database.is_sqlite:
        pytest.skip("on PostgreSQL the database is there before Linli is")
    archive = saved(database)
    fresh = settings_for(tmp_path / "fresh")
    typed = on_paper(database.settings).lower().replace("-", " ")
    keeping.restore(fresh, source=archive, typed_key=typed)
    assert name_of(fresh, office) == office.clerk.name
    assert keys.backup_key(fresh) == keys.backup_key(database.settings)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("alone")
def test_a_stale_log_is_not_mixed_into_the_restored_file(database: Database, office: Office) -> None:
    archive = saved(database)
    database.close()
    path = Path(make_url(database.settings.url).database or "")
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).write_bytes(b"left over from another life")
    keeping.restore(database.settings, source=archive)
    assert name_of(database.settings, office) == office.clerk.name


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("alone")
def test_a_damaged_database_can_be_replaced(database: Database, office: Office) -> None:
    archive = saved(database)
    database.close()
    path = Path(make_url(database.settings.url).database or "")
    path.write_bytes(b"no database at all" * 1000)
    keeping.restore(database.settings, source=archive)
    assert name_of(database.settings, office) == office.clerk.name


def test_an_encrypted_file_stays_encrypted_in_its_backup(tmp_path: Path) -> None:
    settings = replace(settings_for(tmp_path / "data"), encrypt_database=True)
    settings.folder.mkdir()
    database = engine.open_database(settings)
    try:
        from db import migrations

        migrations.upgrade(database)
        with database.transaction(SYSTEM) as session:
            from tests.factories import a_unit

            a_unit(session, "very-secret-unit")
        archive = saved(database)
    finally:
        database.close()
    assert b"very-secret-unit" not in archive.read_bytes()
    keeping.restore(settings, source=archive)


def test_a_check_of_a_sound_office_finds_nothing_wrong(database: Database, tmp_path: Path) -> None:
    second = tmp_path / "second"
    second.mkdir()
    settings = replace(database.settings, anchor_dir=str(second))
    keeping.ensure_ballast(settings)
    sound, lines = keeping.check(settings)
    assert sound, lines
    assert not [line for line in lines if line.startswith("FAIL")]
    assert not [line for line in lines if "ballast" in line]


def test_a_check_changes_nothing(database: Database) -> None:
    before, files = everything(database), sorted(p.name for p in database.settings.folder.iterdir())
    keeping.check(database.settings)
    assert everything(database) == before
    assert sorted(p.name for p in database.settings.folder.iterdir()) == files


def spoil_journal(database: Database) -> None:
    off = "DROP TRIGGER journal_no_update" if database.is_sqlite else "ALTER TABLE journal DISABLE TRIGGER ALL"
    with database.maintenance() as connection:
        connection.execute(text(off))
        connection.execute(text("UPDATE journal SET actor = 'x' WHERE seq = 3"))


def spoil_schema(database: Database) -> None:
    with database.maintenance() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))


def spoil_modes(database: Database) -> None:
    (database.settings.folder / "secrets.json").chmod(0o644)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (spoil_journal, "journal, row 3"),
        (spoil_schema, "migrations"),
        pytest.param(spoil_modes, "0600", marks=POSIX),
    ],
)
def test_a_check_tells_what_is_wrong(spoil: Callable[[Database], None], words: str, database: Database) -> None:
    spoil(database)
    sound, lines = keeping.check(database.settings)
    assert not sound
    assert any(line.startswith("FAIL") and words in line for line in lines), lines


def test_a_check_tells_the_age_of_the_newest_backup_and_what_is_in_none(database: Database, tmp_path: Path) -> None:
    second = tmp_path / "elsewhere"
    second.mkdir()
    settings = replace(database.settings, backup_dir=str(second))

    def said(hours: float) -> list[str]:
        with clock.at(NOW + timedelta(hours=hours)):
            return [line for line in keeping.check(settings)[1] if "newest backup" in line or "no backup" in line]

    assert said(1) == ["warn there is no backup yet", "warn there is no backup at the second place yet"]
    assert all(line.startswith("FAIL there is no backup") and "4.0 hours is in none" in line for line in said(4))
    with clock.at(NOW):
        keeping.backup(settings)
    # Nobody wrote since: it holds everything, however old it is.
    assert [line[:4] for line in said(60)] == ["ok  ", "ok  "]
    assert "the newest backup is 60.0 hours old" in said(60)[0]
    with clock.at(NOW + timedelta(hours=1)), database.transaction(SYSTEM) as session:
        note(session, "look", tbl="case_file", pk=1)
    assert [line[:4] for line in said(3)] == ["ok  ", "ok  "]
    assert "and what was written in the last 9.0 hours is in none" in said(10)[0]
    settings = replace(settings, backup_hours=0, backup_dir="")
    assert [line[:4] for line in said(10)] == ["warn"]


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_restore_and_a_drill_refuse_what_a_start_refuses(database: Database, alone: None, tmp_path: Path) -> None:
    made = tmp_path / "one.linli-backup"
    keeping.backup(database.settings, destination=made)
    before = everything(database)
    database.close()
    unsafe = replace(database.settings, second_factor_roles="", without_second_factor="")
    with pytest.raises(SettingsError, match="second_factor_roles leaves the administrator out"):
        keeping.restore(unsafe, source=made)
    with pytest.raises(SettingsError, match="second_factor_roles leaves the administrator out"):
        keeping.drill(unsafe)
    assert everything(database) == before


def test_a_check_warns_of_years_without_data(database: Database, office: Office) -> None:
    from datetime import date

    with database.transaction(SYSTEM) as session:
        a_case(session, office, statute_due_on=date(2027, 1, 18))
    _, lines = keeping.check(database.settings)
    assert any(line.startswith("warn") and "2027 (1 open cases)" in line for line in lines)
    assert calendar.unknown_years(office.admin) == {2027: 1}


def test_no_office_no_backup(tmp_path: Path) -> None:
    with pytest.raises(KeepingError, match="no database"):
        keeping.backup(settings_for(tmp_path))
    sound, lines = keeping.check(settings_for(tmp_path / "nowhere"))
    assert not sound
    assert any("no data folder" in line for line in lines)


def test_a_whole_office_is_made_by_one_function(tmp_path: Path) -> None:
    database, office = a_database(tmp_path)
    database.close()
    assert office.people
