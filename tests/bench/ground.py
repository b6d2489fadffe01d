"""An office with many cases, written fast: in bulk, past the triggers, which are put back before anything is measured.

Of a thousand cases fifty are open (one in a hundred where there are a million); each has a resident, a unit once it
was routed, a timeline and its words in the index. The journal starts empty.
"""

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Table
from sqlcipher3 import dbapi2

from db import engine, journal, migrations
from db.base import Base
from db.engine import Database
from db.identity import encrypt, key_for, mask_contact, mask_name, party_keys
from db.models import Case, CaseEntry, CaseParty, CaseUnit, CaseWords, Committee, Person, RunningNumber, Unit
from db.rules.case_flow import ENDED, State
from db.rules.permissions import Actor
from db.rules.words import words_of
from tests.factories import PEOPLE, Office, a_database, actor_of, settings_for
from tests.serving import give_passwords

EDITION = 5  # raise it when the rows below change
CHUNK = 20_000
TEXTS = 2000
STREETS = "东门路 西街 建设路 人民路 和平里 学府路 南湖巷 河滨路 新村 老街".split()  # noqa: SIM905 - one line of words
THINGS = "路灯 井盖 垃圾 噪音 停车 漏水 电梯 围墙 违建 供暖 排水 树木 宠物 油烟 施工 工资 物业 低保".split()  # noqa: SIM905 - one line of words
VERBS = "不亮 松动 堆放 扰民 占道 渗漏 停运 倒塌 搭建 不热 堵塞 遮挡 乱跑 超标 拖欠 收费 申请 无人管理".split()  # noqa: SIM905 - one line of words
ENDING = (State.ARCHIVED, State.ARCHIVED, State.ARCHIVED, State.CLOSED, State.NOT_ACCEPTED, State.WITHDRAWN)
GOING = (
    State.REGISTERED, State.PROPOSED, State.ROUTED, State.HANDLING, State.HANDLING, State.HANDLING, State.ANSWERED,
    State.SIGNED, State.CONFIRMED, State.REPLIED, State.VISITED,
)  # fmt: skip
ROUTED = frozenset(GOING[2:])


def folder_of(size: int) -> Path:
    """Where the office with so many cases lies; another schema lies elsewhere."""
    tables = Base.metadata.sorted_tables
    columns = [f"{column} {column.type}" for table in tables for column in table.columns]
    indexes = [
        f"{index.name} {index.columns.keys()} {index.dialect_options['sqlite']['where']}"
        for table in tables
        for index in table.indexes
    ]
    schema = "\n".join(sorted(columns + indexes))
    known = hashlib.sha256(f"{EDITION}\n{schema}".encode()).hexdigest()[:10]
    return Path(tempfile.gettempdir()) / f"linli-bench-{known}" / str(size)


@contextmanager
def opened(size: int) -> Iterator[tuple[Database, Office]]:
    """The office with so many cases, made when it isn't there yet, open as the process's own database."""
    with opened_at(folder_of(size), size, lambda database, office: Rows(database, office, size).filling()) as both:
        yield both


@contextmanager
def opened_at(
    folder: Path, size: int, filled: Callable[[Database, Office], "Filling"]
) -> Iterator[tuple[Database, Office]]:
    """The office in this folder, made when it isn't there yet, open as the process's own database."""
    if not (folder / "ready").exists():
        _make(folder, size, filled)
    database = engine.open_database(settings_for(folder))
    try:
        yield database, _office(database)
    finally:
        database.close()
        engine._process.clear()


def _office(database: Database) -> Office:
    with database.reading() as session:
        units = {unit.name: unit for unit in session.query(Unit)}
        places = {"centre": units["综治中心"], "unit_a": units["城建所"], "unit_b": units["东村"]}
        people = {person.username: person for person in session.query(Person)}
        committees = {committee.name: committee.id for committee in session.query(Committee)}
        actors: dict[str, Actor] = {
            name: actor_of(people[name], places[where], {role}) for name, (role, where, _) in PEOPLE.items()
        }
        return Office(
            **actors, centre=places["centre"].id, unit_a=places["unit_a"].id, group_a=units["城建一组"].id,
            unit_b=places["unit_b"].id, committee_a=committees["城建所调委会"], committee_b=committees["东村调委会"],
        )  # fmt: skip


def _make(folder: Path, size: int, filled: Callable[[Database, Office], "Filling"]) -> None:
    print(f"making an office with {size:,} records in {folder} ...", flush=True)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for old in folder.iterdir():
        old.unlink()
    database, office = a_database(folder)
    give_passwords(database)
    filling = filled(database, office)
    database.close()
    _fill(folder / "linli.db", filling)
    database = engine.open_database(replace(settings_for(folder)))
    migrations.upgrade(database)
    with database.maintenance() as connection:
        journal.install(connection)
        connection.exec_driver_sql("ANALYZE")
    database.close()
    engine._process.clear()
    (folder / "ready").touch()


def _fill(path: Path, filling: "Filling") -> None:
    connection = dbapi2.connect(str(path), isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA cache_size = -400000")
    triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    indexes = connection.execute(
        f"""SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL
        AND tbl_name IN ({", ".join(repr(table.name) for table, _ in filling.tables)})"""  # noqa: S608 - names of our own tables
    ).fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    for table, rows in filling.tables:
        _insert(connection, table, rows)
    for _, sql in indexes:
        connection.execute(sql)
    for sql in filling.then:
        connection.execute(sql)
    for _, sql in triggers:  # the journal's are made anew in the end
        connection.execute(sql)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()


def _insert(connection: Any, table: Table, rows: Iterator[tuple[object, ...]]) -> None:
    marks = ", ".join("?" * len(table.columns))
    names = ", ".join(table.columns.keys())
    statement = f"INSERT INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608 - a table of ours
    while chunk := list(islice(rows, CHUNK)):
        connection.execute("BEGIN")
        connection.executemany(statement, chunk)
        connection.execute("COMMIT")


@dataclass(frozen=True)
class Filling:
    """The rows of each table, and what is done once they are in."""

    tables: Sequence[tuple[Table, Iterator[tuple[object, ...]]]]
    then: Sequence[str]


class Rows:
    """The rows of every table, case by case; the same for the same size."""

    def __init__(self, database: Database, office: Office, size: int) -> None:
        self.size = size
        self.today = datetime.now(UTC).date()  # noqa: DTZ011, RUF100 - a benchmark happens now
        self.year = self.today.year
        self.office = office
        self.open_from = size - (size // 100 if size >= 1_000_000 else size // 20)
        dice = Random(size)  # noqa: S311 - believable, not secret
        self._texts = [self._matter(dice) for _ in range(TEXTS)]
        self._words = [words_of(*matter) for matter in self._texts]
        names = [f"{dice.choice('王李张刘陈杨黄赵周吴')}{dice.choice('伟芳娜敏静丽强磊洋艳')}{i}" for i in range(500)]
        self._people = [
            {
                "name": encrypt(database, "case_party.name", name),
                "contact": encrypt(database, "case_party.contact", f"154{i:08d}"),
                "name_mask": mask_name(name),
                "contact_mask": mask_contact(f"154{i:08d}"),
                "contact_key": key_for(database, "contact", f"154{i:08d}"),
                **party_keys(database, name, f"154{i:08d}"),
            }
            for i, name in enumerate(names)
        ]
        self._code = encrypt(database, "case_file.query_code", "ABCDEFGH")
        self._shared: dict[str, dict[str, object]] = {}

    @staticmethod
    def _matter(dice: Random) -> tuple[str, str, str, str]:
        street, thing, verb = dice.choice(STREETS), dice.choice(THINGS), dice.choice(VERBS)
        place = f"{street}{dice.randrange(1, 200)}号"
        days = dice.randrange(2, 40)
        text = f"{place}附近{thing}{verb}，已有{days}天，多次反映未解决，影响{dice.choice(THINGS)}和出行。"
        return f"{street}{thing}{verb}", text, place, "希望尽快处理"

    def filling(self) -> Filling:
        """Everything that goes into the office."""
        running = self.row(RunningNumber.__table__, series="case", year=self.year, last=self.size)  # type: ignore[arg-type]
        made = ((Case, self.cases), (CaseParty, self.parties), (CaseUnit, self.shares), (CaseEntry, self.entries),
                (CaseWords, self.words), (RunningNumber, lambda: iter([running])))  # fmt: skip
        tables: list[Any] = [(model.__table__, rows()) for model, rows in made]
        return Filling(tables, ["INSERT INTO case_search(case_search) VALUES ('rebuild')"])

    def row(self, table: Table, **values: object) -> tuple[object, ...]:
        """One row in column order: the given values over the columns' own defaults."""
        usual = self._shared.get(table.name)
        if usual is None:
            usual = {c.name: getattr(c.default, "arg", None) for c in table.columns}
            self._shared[table.name] = usual
        return tuple((usual | values).values())

    def state(self, number: int) -> State:
        """Where a case stands: the newest are open."""
        return ENDING[number % len(ENDING)] if number <= self.open_from else GOING[number % len(GOING)]

    def received(self, number: int) -> datetime:
        """Evenly over five years until yesterday, the open ones in the last sixty days."""
        if number > self.open_from:
            left = (self.size - number) / max(1, self.size - self.open_from)
            return datetime.combine(self.today, datetime.min.time()) - timedelta(days=60 * left, minutes=-1)
        return datetime.combine(self.today, datetime.min.time()) - timedelta(
            days=1 + 1826 * (1 - number / max(1, self.open_from)), seconds=number % 1000
        )

    def cases(self) -> Iterator[tuple[object, ...]]:
        """case_file"""
        grades, categories = cycle(("simple", "general", "general", "major")), cycle(("construction", "noise", "other"))
        for number in range(1, self.size + 1):
            subject, text, place, request = self._texts[number % TEXTS]
            state, moment = self.state(number), self.received(number)
            ended, routed = state in ENDED, state in ROUTED or state is State.ARCHIVED
            day = moment.date()
            yield self.row(
                Case.__table__,  # type: ignore[arg-type]
                id=number, number=f"{self.year}-{number:06d}", year=self.year, running=number, state=state.value,
                open=not ended, channel="visit", source="resident", kind="request", grade=next(grades),
                category=next(categories), subject=subject, text=text, request=request, place=place, place_key=place,
                query_code=self._code, received_at=_stored(moment), registered_at=_stored(moment),
                registered_by_id=self.office.clerk.id, limit_set_id=1,
                lead_unit_id=self._unit(number) if routed else None,
                handler_id=self.office.handler.id if routed and number % 3 else None,
                transferred_on=_day(day) if routed else None, accepted_on=_day(day) if routed else None,
                responded_on=_day(day) if routed else None,
                outcome="supported" if state is State.ARCHIVED else "", closed_on=_day(day) if ended else None,
                promise_due_on=None if ended else _day(day + timedelta(days=7)),
                statute_due_on=None if ended else _day(day + timedelta(days=60)),
                next_due_on=None if ended else _day(day + timedelta(days=7)),
                notice_due_on=_day(day + timedelta(days=15)), notice_on=_day(day) if routed else None,
                answer_due_on=_day(day + timedelta(days=60)) if routed else None,
                replied_on=_day(day + timedelta(days=number % 70)) if state is State.ARCHIVED else None,
            )  # fmt: skip

    def _unit(self, number: int) -> int:
        return (self.office.unit_a, self.office.group_a, self.office.unit_b)[number % 3]

    def parties(self) -> Iterator[tuple[object, ...]]:
        """case_party"""
        for number in range(1, self.size + 1):
            person = self._people[number % len(self._people)]
            yield self.row(CaseParty.__table__, id=number, case_id=number, **person)  # type: ignore[arg-type]

    def shares(self) -> Iterator[tuple[object, ...]]:
        """case_unit"""
        for number in range(1, self.size + 1):
            if self.state(number) in ROUTED or self.state(number) is State.ARCHIVED:
                day = _day(self.received(number).date())
                yield self.row(
                    CaseUnit.__table__,  # type: ignore[arg-type]
                    id=number, case_id=number, unit_id=self._unit(number), role="lead", state="accepted", sent_on=day,
                    due_on=day, object_by=day, accepted_on=day,
                )  # fmt: skip

    def entries(self) -> Iterator[tuple[object, ...]]:
        """case_entry: two to five lines each"""
        steps = ("register", "propose", "approve", "accept", "answer")
        for number in range(1, self.size + 1):
            moment = self.received(number)
            for i, step in enumerate(steps[: 2 + number % 4]):
                yield self.row(
                    CaseEntry.__table__,  # type: ignore[arg-type]
                    id=number * 5 + i, case_id=number, at=_stored(moment + timedelta(hours=i)), step=step,
                    person_id=self.office.clerk.id, unit_id=self.office.centre, to_state=self.state(number).value,
                    detail=f'{{"unit": {self._unit(number)}}}',
                )  # fmt: skip

    def words(self) -> Iterator[tuple[object, ...]]:
        """case_words"""
        for number in range(1, self.size + 1):
            words = f"{words_of(f'{self.year}-{number:06d} {number}')} {self._words[number % TEXTS]}"
            yield self.row(CaseWords.__table__, case_id=number, words=words)  # type: ignore[arg-type]


def _stored(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")


def _day(day: date) -> str:
    return day.isoformat()
