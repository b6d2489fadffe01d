"""G1: twenty people edit the same case, or two hundred; whatever was acknowledged is there afterwards.

`FAULT_EDITS=50` is the full size; the suite takes fewer, fewest on the hot case, where every save meets a conflict.
"""

import multiprocessing
import os
import random
import statistics
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import func, select

from db import engine
from db.engine import Database
from db.models import Case, CaseEntry
from db.rules.intake import Intake, Party
from db.rules.permissions import Actor
from db.rules.problems import Changed
from db.services import cases, intake
from db.services.journal import verify_database
from db.settings import Settings
from tests.factories import Office

EDITORS = 20
EDITS = int(os.environ.get("FAULT_EDITS", "0"))
LONGEST_WAIT = 2.0
THINKING = 0.05


@dataclass
class Tally:
    """What the editors were told."""

    acknowledged: list[tuple[int, str]] = field(default_factory=list)
    conflicts: int = 0
    waits: list[float] = field(default_factory=list)


def edit(actor: Actor, ids: list[int], editor: int, edits: int, tally: Tally) -> None:
    """One person's edits: add a mark to a note, and after a conflict look again and save again."""
    dice = random.Random(editor)  # noqa: S311 - who edits what, repeatably
    for number in range(edits):
        case_id, mark = dice.choice(ids), f"<{editor}.{number}>"
        time.sleep(dice.random() * THINKING)
        _save(actor, case_id, mark, tally)


def _save(actor: Actor, case_id: int, mark: str, tally: Tally) -> None:
    version, note = _as_seen(case_id)
    while True:
        begun = time.perf_counter()
        conflict = _write(actor, case_id, version, {"note": note + mark}, f"{mark}{version}")
        tally.waits.append(time.perf_counter() - begun)
        if conflict is None:
            tally.acknowledged.append((case_id, mark))
            return
        assert conflict.version > version
        assert conflict.mine == {"note": note + mark}
        tally.conflicts += 1
        version, note = conflict.version, str(conflict.theirs["note"])


def _write(actor: Actor, case_id: int, version: int, values: dict[str, object], key: str) -> Changed | None:
    """One save, through the grid or through the case's own page; a conflict is answered with both versions."""
    if len(key) % 2:
        saved = cases.edit_many(actor, rows={case_id: (version, values)}, key=key)
        assert case_id in {*saved.saved, *saved.conflicts}, saved
        return saved.conflicts.get(case_id)
    try:
        cases.amend(actor, case_id=case_id, version=version, values=values, key=key)
    except Changed as conflict:
        return conflict
    return None


def _as_seen(case_id: int) -> tuple[int, str]:
    with engine.reading() as session:
        row = session.execute(select(Case.version, Case.note).where(Case.id == case_id)).one()
        return row.version, row.note


def _register(office: Office, how_many: int) -> list[int]:
    matter = Intake(
        subject="路灯不亮", text="巷口路灯已坏三天", category="construction", notice_shown=True,
        parties=(Party(name="李小明", contact="15400000001"),),
    )  # fmt: skip
    return [intake.register(office.clerk, intake=matter, key=f"seed-{i}").case_id for i in range(how_many)]


def _threads(actor: Actor, ids: list[int], editors: range, edits: int) -> Tally:
    tally = Tally()
    people = [threading.Thread(target=edit, args=(actor, ids, editor, edits, tally)) for editor in editors]
    for person in people:
        person.start()
    for person in people:
        person.join()
    return tally


def _assert_nothing_lost(database: Database, tally: Tally, wanted: int, name: str) -> None:
    marks = Counter(tally.acknowledged)
    with database.reading() as session:
        notes = {row.id: row.note for row in session.execute(select(Case.id, Case.note))}
        amended = session.scalar(select(func.count()).where(CaseEntry.step == "amend"))
    stored = Counter(
        (case_id, f"<{mark}>") for case_id, note in notes.items() for mark in note[1:-1].split("><") if mark
    )
    longest, usual = max(tally.waits), statistics.quantiles(tally.waits, n=100)[98]
    print(  # noqa: T201 - the figures are what this test is for
        f"\n{name}: {wanted} edits, {len(tally.acknowledged)} acknowledged, {sum(stored.values())} stored, "
        f"{tally.conflicts} conflicts, 99 % waited {usual:.2f} s, longest {longest:.2f} s"
    )
    assert len(tally.acknowledged) == wanted
    assert stored == marks
    assert amended == wanted
    assert tally.conflicts > 0, "nobody ever met anybody: this run shows nothing"
    assert longest < LONGEST_WAIT * 5  # the machine may be busy; the figure printed is the one to look at
    assert verify_database(database).sound


@pytest.mark.slow
@pytest.mark.parametrize("rows", [1, 200])
def test_twenty_editors_lose_nothing(database: Database, office: Office, rows: int) -> None:
    ids = _register(office, rows)
    edits = EDITS or (10 if rows > 1 else 5)
    hot = ids if rows == 1 else [*ids, *ids[:1] * 40]
    tally = _threads(office.deputy, hot, range(EDITORS), edits)
    _assert_nothing_lost(database, tally, EDITORS * edits, f"{database.engine.dialect.name}, {rows} cases, threads")


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize("engine_name", ["postgres"], indirect=True)
def test_twenty_editors_in_four_processes_lose_nothing(database: Database, office: Office) -> None:
    ids = _register(office, 3)
    edits, processes = EDITS or 5, 4
    share = EDITORS // processes
    context = multiprocessing.get_context("spawn")
    queue: Any = context.Queue()
    workers = [
        context.Process(
            target=_process,
            args=(database.settings, office.deputy, ids, range(i * share, (i + 1) * share), edits, queue),
        )
        for i in range(processes)
    ]
    for worker in workers:
        worker.start()
    tally = Tally()
    for _ in workers:
        part: Tally = queue.get(timeout=120)
        tally.acknowledged += part.acknowledged
        tally.conflicts += part.conflicts
        tally.waits += part.waits
    for worker in workers:
        worker.join(30)
        assert worker.exitcode == 0
    _assert_nothing_lost(database, tally, EDITORS * edits, "postgresql, 3 cases, 4 processes")


def _process(settings: Settings, actor: Actor, ids: list[int], editors: range, edits: int, queue: Any) -> None:
    database = engine.open_database(settings)
    queue.put(_threads(actor, ids, editors, edits))
    database.close()
