"""Backups by themselves: when, how many, where to, what is told of them; the drill; the look before the start."""

import importlib
import re
import tarfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlcipher3 import dbapi2

from db import clock, engine
from db.engine import Database
from db.rules.backups import Keep, kept
from db.services import journal, keeping
from db.services.keeping import keys, schedule, sealing, state
from db.services.keeping.archive import unpack
from db.services.keeping.backup import make
from db.services.keeping.keys import backup_key
from db.settings import Settings, SettingsError
from tests.factories import NOW, Office

SHANGHAI = ZoneInfo("Asia/Shanghai")
SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def test_hours_days_weeks_and_months_are_kept() -> None:
    newest = datetime(2026, 11, 19, 1, 30, tzinfo=UTC)
    hourly = [newest - timedelta(hours=number) for number in range(24 * 400)]
    stays = sorted(kept(hourly, Keep(hours=24, days=14, weeks=8, months=12), SHANGHAI), reverse=True)
    assert stays[0] == newest
    assert stays[:24] == hourly[:24]
    local = [at.astimezone(SHANGHAI) for at in stays]
    assert len({at.date() for at in local if newest - at < timedelta(days=14)}) == 14
    assert len({(at.year, at.month) for at in local}) == 12
    assert len(stays) <= 24 + 14 + 8 + 12
    assert kept([newest], Keep(1, 1, 0, 0), SHANGHAI) == {newest}
    assert kept([], Keep(), SHANGHAI) == set()


@SQLITE
def test_backups_are_made_when_due_and_let_go_by_the_rule(database: Database) -> None:
    settings = replace(database.settings, backups_hourly=2, backups_daily=1, backups_weekly=0, backups_monthly=0)
    assert schedule.is_due(settings)
    made = []
    for hour in range(4):
        with clock.at(NOW + timedelta(hours=hour)):
            assert schedule.is_due(settings)
            made.append(keeping.keep_one(settings).path.name)
            assert not schedule.is_due(settings)
            assert not schedule.is_due(replace(settings, backup_hours=0))
    stranger = schedule.folder_of(settings) / "linli-mine.linli-backup"
    stranger.touch()
    keeping.keep_one(settings)
    left = [backup.path.name for backup in schedule.standing(schedule.folder_of(settings))]
    assert len(left) == 2
    assert made[-1] in left
    assert stranger.exists()


@SQLITE
def test_the_second_place_gets_each_backup_and_its_failure_is_told(database: Database, tmp_path: Path) -> None:
    second = tmp_path / "second"
    settings = replace(database.settings, backup_dir=str(second))
    lines = keeping.backup(settings)
    assert any("NOT copied" in line for line in lines)
    assert state.told(settings)["second"]["why"]
    second.mkdir()
    made = keeping.keep_one(settings)
    assert (second / made.path.name).read_bytes() == made.path.read_bytes()
    assert state.told(settings)["second"] | {"failed_at": ""} == state.told(settings)["second"] | {
        "name": made.path.name, "why": "", "failed_at": "",
    }  # fmt: skip


@SQLITE
def test_a_running_office_has_its_backup_made_by_a_process_of_its_own(database: Database) -> None:
    assert keeping.backup_when_due(database)
    told = state.told(database.settings)["backup"]
    assert (schedule.folder_of(database.settings) / told["name"]).exists()
    with database.reading() as session:
        (row,) = session.connection().exec_driver_sql("SELECT after FROM journal WHERE event = 'backup'").all()
    assert told["name"] in row[0]
    assert journal.verify_database(database).sound


@SQLITE
def test_a_failed_backup_is_remembered_and_leaves_nothing(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.import_module("db.services.keeping.backup"), "ROOM", 1e12)
    with pytest.raises(keeping.KeepingError, match="MB free"):
        keeping.keep_one(database.settings)
    assert "MB free" in state.told(database.settings)["backup"]["why"]
    assert list(schedule.folder_of(database.settings).iterdir()) == []


def test_a_key_that_was_mistyped_is_told(tmp_path: Path) -> None:
    settings = Settings(data_dir=str(tmp_path))
    key = keys.backup_key(settings)
    text = keys.printed(key)
    assert re.fullmatch(r"([A-Z2-7]{4}-){7}[A-Z2-7]{4}", text)
    assert keys.read_key(text.lower().replace("-", "").replace("O", "0")) == key
    other = ("B" if text[0] == "A" else "A") + text[1:]
    for wrong in (other, text[:-1], "", "密钥"):
        with pytest.raises(keeping.KeepingError, match="no recovery key"):
            keys.read_key(wrong)


@pytest.mark.parametrize("size", [0, 5, sealing.CHUNK, 2 * sealing.CHUNK + 7])
def test_what_is_sealed_opens_whole_or_not_at_all(size: int, tmp_path: Path) -> None:
    key, path, content = b"k" * keys.RANDOM_BYTES, tmp_path / "sealed", bytes(range(256)) * (size // 256 + 1)
    content = content[:size]
    with path.open("wb") as out:
        sealer = sealing.Sealer(out, key)
        sealer.write(content)
        sealer.finish()
    whole = path.read_bytes()

    def opened(sealed: bytes, with_key: bytes = key) -> bytes:
        path.write_bytes(sealed)
        with path.open("rb") as file:
            file.seek(len(sealing.MAGIC))
            return sealing.Opener(file, with_key).read() or b""

    assert opened(whole) == content
    assert size < 5 or content[:64] not in whole
    start, part = len(sealing.MAGIC) + sealing.MARK + sealing.SALT, sealing.CHUNK + sealing.TAG
    swapped = whole[:start] + whole[start + part : start + 2 * part] + whole[start : start + part]
    changed = [whole[:-1] + bytes([whole[-1] ^ 1]), whole[:-1], whole + b"x", whole[: start - 1] + b"?" + whole[start:]]
    changed += [swapped + whole[start + 2 * part :], whole[: start + part]] if size > part else []
    for damaged in changed:
        with pytest.raises(keeping.KeepingError, match="damaged"):
            opened(damaged)
    with pytest.raises(keeping.KeepingError, match="marked"):
        opened(whole, b"o" * keys.RANDOM_BYTES)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_backup_is_taken_apart_without_what_debians_python_lacks(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make(database.settings)
    for name in ("extract", "extractall"):
        monkeypatch.delattr(tarfile.TarFile, name)  # 3.11.2 has neither with `filter`
    apart = tmp_path / "apart"
    apart.mkdir()
    unpack(made.path, apart, backup_key(database.settings))
    assert {path.name for path in apart.iterdir()} == {"manifest.json", "linli.db", "secrets.json"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in apart.iterdir())


def test_a_drill_puts_everything_back_beside_the_office(database: Database, office: Office, tmp_path: Path) -> None:
    assert office.clerk
    settings = replace(database.settings, backup_dir=str(tmp_path))
    before = {path.name for path in settings.folder.iterdir()}
    lines = keeping.drill(settings)
    assert any("restored, examined and opened" in line for line in lines)
    assert lines[-1].startswith("good:")
    told = state.told(settings)["drill"]
    assert told["rows"] > 0
    assert told["window"] == 60
    assert 0 < told["making"] < 60
    assert f"at most 60 minutes of work are lost, and what is entered in the {told['making']:g} s" in lines[-1]
    left = {path.name for path in settings.folder.iterdir()} - before
    assert left <= {"backups", "backup.key", "keeping.json", "keeping.json.lock", "keeping.lock", "journal-anchors.txt"}


def spoiled(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def spoil(path: Path) -> None:
        path.write_bytes(change(path.read_bytes()))

    return spoil


def foreign(path: Path) -> None:
    path.unlink()
    with dbapi2.connect(str(path)) as connection:
        connection.execute("CREATE TABLE recipe (name TEXT)")


SPOILED = {
    "is empty": (spoiled(lambda whole: whole[:0]),),
    "is missing": (Path.unlink,),
    "no database": (
        spoiled(lambda whole: b"Dear diary, " * (len(whole) // 12)),
        spoiled(lambda whole: b"\0" + whole[1:]),
    ),
    "damaged": (
        spoiled(lambda whole: whole[: len(whole) // 3]),
        spoiled(lambda whole: whole[:4096] + bytes(40960) + whole[45056:]),
    ),
    "another program": (foreign,),
}


@SQLITE
@pytest.mark.usefixtures("alone")
def test_a_spoiled_database_is_not_started_upon(database: Database) -> None:
    settings, path = database.settings, database.settings.folder / "linli.db"
    keeping.look_before_start(settings)
    good = keeping.keep_one(settings).path
    with clock.at(NOW + timedelta(hours=1)):
        bad = keeping.keep_one(settings).path
    bad.write_bytes(bad.read_bytes()[:-9])
    database.close()
    whole = path.read_bytes()
    for words, spoils in SPOILED.items():
        for spoil in spoils:
            path.write_bytes(whole)
            spoil(path)
            before = path.read_bytes() if path.exists() else None
            with pytest.raises(SettingsError, match=words) as refused:
                keeping.look_before_start(settings)
            assert str(good) in str(refused.value)
            assert (path.read_bytes() if path.exists() else None) == before
    keeping.restore(settings, source=good)
    keeping.look_before_start(settings)
    engine.open_database(settings).close()
