"""PostgreSQL killed and started again under people who work: nothing acknowledged lost, one failed act each, told."""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from components.front_door import incidents, pages
from db.engine import Database
from db.models import Case, Submission
from db.services import cases, intake
from db.services.journal import verify_database
from tests.faults.writers import MATTER, people_of
from tests.postgres import Server

LONGEST_AWAY = 5.0
CLIENTS = 10


@dataclass
class Figures:
    """What a run hit and what it found.

    `away`: seconds from each kill until everybody saved again; `longest_start`: seconds the server itself took at most.
    """

    restarts: int = 0
    acknowledged: int = 0
    failed: int = 0
    most_failed: int = 0
    longest_start: float = 0
    away: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


class Client(threading.Thread):
    """One person: registers, looks at it, and does again what the database's absence broke off."""

    def __init__(self, number: int, database: Database, stop: threading.Event) -> None:
        super().__init__(name=f"client-{number}")
        self.actor = people_of(database)[0][0]
        self.stop = stop
        self.acknowledged: list[str] = []
        self.failed: list[str] = []

    def run(self) -> None:
        """Work until it is time to go home."""
        while not self.stop.is_set():
            key = f"{self.name}-{len(self.acknowledged)}"
            while not self._did(key):
                pass
            self.acknowledged.append(key)
            self.stop.wait(0.1)

    def _did(self, key: str) -> bool:
        try:
            registered = intake.register(self.actor, intake=MATTER, key=key)
            cases.view(self.actor, case_id=registered.case_id)
        except SQLAlchemyError as error:
            self.failed.append(incidents.sentence(error))
            return False
        return True


def run(server: Server, database: Database, restarts: int, clients: int = CLIENTS) -> Figures:
    """Kill and start `server` so many times under an open office on it."""
    figures, stop = Figures(), threading.Event()
    people = [Client(number, database, stop) for number in range(clients)]
    for person in people:
        person.start()
    try:
        for _ in range(restarts):
            _once(server, people, figures)
    finally:
        stop.set()
        for person in people:
            person.join()
    with database.reading() as session:
        stored = set(session.scalars(select(Submission.key)))
        cases = session.scalar(select(func.count()).select_from(Case)) or 0
    told = [key for person in people for key in person.acknowledged]
    figures.acknowledged = len(told)
    figures.wrong += [f"lost: {key}" for key in told if key not in stored]
    figures.wrong += [] if cases == len(told) else [f"{cases} cases after {len(told)} acts"]
    figures.wrong += [] if verify_database(database).sound else ["the journal's chain is broken"]
    return figures


def _once(server: Server, people: list[Client], figures: Figures) -> None:
    before = [(len(person.acknowledged), len(person.failed)) for person in people]
    _until_all_worked(people, [count for count, _ in before])
    killed = time.monotonic()
    server.restart()
    figures.longest_start = max(figures.longest_start, round(time.monotonic() - killed, 2))
    done = [len(person.acknowledged) for person in people]
    _until_all_worked(people, done)
    figures.restarts += 1
    figures.away.append(round(time.monotonic() - killed, 2))
    for person, (_, already) in zip(people, before, strict=True):
        fresh = person.failed[already:]
        figures.failed += len(fresh)
        figures.most_failed = max(figures.most_failed, len(fresh))
        unclear = Counter(said for said in fresh if said != pages.DATABASE_AWAY)
        figures.wrong += [f"told {times} times: {said}" for said, times in unclear.items()]


def _until_all_worked(people: list[Client], counts: list[int], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while any(len(person.acknowledged) <= count for person, count in zip(people, counts, strict=True)):
        if time.monotonic() > until:
            raise TimeoutError("not everybody works again")
        time.sleep(0.02)
