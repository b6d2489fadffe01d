"""How often somebody may ask: counted exactly, in memory for one process, in the database for several."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from db import clock, engine
from db.engine import Database
from db.models import JournalRow, SignInCounter
from db.rules.permissions import Permission
from db.rules.rates import TooMany
from db.services import accounts, exports
from db.services.turns import Turns
from tests.factories import NOW, SYSTEM, Office

ONE_AND_TWO = pytest.mark.parametrize(
    "engine_name", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


@contextmanager
def another_process_of(database: Database) -> Iterator[Database]:
    """The same office opened once more, with connections and a memory of its own."""
    with closing(Database(database.settings, database.keys, engine._engine(database.settings, database.keys))) as two:
        yield two


def test_what_was_asked_for_comes_back_evenly_and_each_has_their_own(database: Database) -> None:
    turns = Turns("test", most=4, seconds=60)
    taken = []
    for after in (0, 0, 0, 0, 0, 14, 15, 15, 45, 45, 45, 1000, 1000, 1000, 1000, 1000):
        with clock.at(NOW + timedelta(seconds=after)):
            taken.append(turns.take("a"))
    assert taken == [True] * 4 + [False, False, True, False, True, True, False] + [True] * 4 + [False]
    with clock.at(NOW):
        assert turns.take("b")
        assert Turns("another", most=1, seconds=60).take("a")
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(SignInCounter)) == (0 if database.is_sqlite else 3)
        assert not session.scalar(select(func.count()).where(JournalRow.tbl == "sign_in_counter"))


@ONE_AND_TWO
def test_two_processes_count_as_one(database: Database) -> None:
    with another_process_of(database) as other:
        begin = Barrier(8)

        def ask(number: int) -> int:
            turns = Turns("test", most=50, seconds=3600)  # a memory of its own, as each process has
            begin.wait(30)
            with engine.using((database, other)[number % 2]), clock.at(NOW):
                return sum(turns.take("a") for _ in range(15))

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(ask, range(8))) == 50


@ONE_AND_TWO
def test_lists_taken_away_are_counted_over_all_processes(database: Database, office: Office) -> None:
    with another_process_of(database) as other:
        for number in range(20):
            with engine.using((database, other)[number % 2]):
                exports.take_turn(Permission.CASES_EXPORT, office.director)
        for process in (database, other):
            with engine.using(process), pytest.raises(TooMany):
                exports.take_turn(Permission.CASES_EXPORT, office.director)


@ONE_AND_TWO
def test_a_turn_waits_for_nobodys_act_and_is_not_taken_back_with_one(database: Database) -> None:
    turns = Turns("test", most=1, seconds=60)
    with database.transaction(SYSTEM) as session:
        assert turns.take("a")
        session.rollback()
    assert not turns.take("a")


@ONE_AND_TWO
def test_what_is_full_again_is_forgotten(database: Database) -> None:
    assert Turns("test", most=2, seconds=7200).take("a")
    for hours, left in ((0.5, 1), (2, 0)):
        with clock.at(NOW + timedelta(hours=hours)):
            accounts.tidy()
        with database.reading() as session:
            assert session.scalar(select(func.count()).select_from(SignInCounter)) == left
