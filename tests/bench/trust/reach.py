"""G9 in its five parts: services, refusals in the journal, screens, routes, and saving actions on the wire."""

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from components.screens import SCREENS
from db import clock, demo, engine, migrations
from db.base import Base
from db.engine import Database
from db.models import Case
from db.rules.permissions import Actor, Role
from tests.factories import NOW, SYSTEM, a_database, settings_for
from tests.serving import Served, give_passwords
from tests.trust import matrix, page_loads, route_matrix, wire, world
from tests.trust.calls import services

WORLDS = {"unit": lambda _: None, "sealed": matrix.seal, "aside": matrix.step_aside}
# In the demo office: somebody who opens everything, and two who don't.
BOSS, OTHER, WHO_SAW = "director", "viewer", "deputy"


@dataclass
class Reach:
    """How much was asked, and what was not as the tables say."""

    calls: int = 0
    services: int = 0
    conclusive: int = 0
    audited: int = 0
    requests: int = 0
    routes: int = 0
    loads: int = 0
    compared: int = 0
    actions: int = 0
    alive: int = 0
    sections: int = 0
    refused: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def figure(self) -> str:
        """One sentence of it."""
        return (
            f"{len(self.wrong)} deviations: {self.calls:,} calls of {self.services} services ({self.conclusive} of "
            f"those naming a stranger's record conclusive), refusals of {self.audited} found in the journal, "
            f"{self.requests:,} requests of {self.routes} routes, {self.loads} page loads ({self.compared} with a "
            f"stranger's record), {self.actions} wire actions in {self.sections} sections ({self.alive} of those "
            f"tried with the right wrote) {'; '.join(self.wrong)[:300]}"
        ).strip()


def whole(every: int) -> Reach:
    """All parts on every `every`-th service, screen and form; 1 is all of them, screens in the demo office."""
    found = Reach()
    _services(found, every)
    with tempfile.TemporaryDirectory(prefix="linli-reach-") as folder, _an_office(Path(folder), every) as database:
        _screens(found, database, every)
        give_passwords(database)
        sealable = _an_open_case(database)
        database.close()
        with Served(Path(folder) / "data") as served, wire.beside(Path(folder) / "data") as beside:
            _wire(found, served, beside, every, sealable)
    return found


def _services(found: Reach, every: int) -> None:
    chosen = services()[::every]
    found.services = len(chosen)
    seen = [matrix.at_the_doors(chosen)]
    for reached, change in WORLDS.items():
        with _the_other_world() as database:
            change(database)
            far = "unit" if reached == "unit" else "secret"
            if reached == "unit":
                seen.append(matrix.in_the_journal(database, chosen))
            seen.append(matrix.behind_the_doors(database, chosen, reached=far, every_way=every == 1))
            silent = seen[-1].inconclusive
            found.conclusive += (seen[-1].services - len(silent)) if reached == "unit" else 0
            found.wrong += sorted(silent - set(matrix.INCONCLUSIVE[reached]))
            if reached != "aside":
                asked = route_matrix.with_a_record(database, reached=far, every=every)
                found.requests += asked.requests
                found.refused += asked.refused
                found.routes = max(found.routes, len(asked.audited))
                found.wrong += asked.deviations
    found.calls = sum(one.calls for one in seen)
    found.refused += sum(one.refused for one in seen)
    found.audited = len(set().union(*(one.audited for one in seen)))
    found.wrong += [said for one in seen for said in one.deviations]


def _screens(found: Reach, database: Database, every: int) -> None:
    with database.transaction(SYSTEM) as session:
        world.let_strangers_come(session)
    boss, secret = _boss(database), _secret(database)
    seen = [page_loads.by_every_role(database, SCREENS[::every]), page_loads.with_a_record(boss, SCREENS[::every])]
    if secret:
        seen.append(page_loads.with_a_record(boss, record=secret))
    found.loads = sum(one.loads for one in seen)
    found.compared = sum(one.compared for one in seen)
    found.refused += sum(one.refused for one in seen)
    found.wrong += [said for one in seen for said in one.deviations]


def _wire(found: Reach, served: Served, database: Database, every: int, sealable: int) -> None:
    some = SCREENS[::every]
    seen = [
        wire.without_the_right(served, database, BOSS, some),
        wire.by_somebody_else(served, database, BOSS, OTHER, some),
    ]
    if sealable:
        seen.append(wire.of_a_case_sealed_since(served, database, WHO_SAW, sealable))
    found.actions = sum(one.actions for one in seen)
    found.alive = sum(one.alive for one in seen)
    found.sections = len(set().union(*(one.sections for one in seen)))
    found.wrong += [said for one in seen for said in one.deviations]


@contextmanager
def _the_other_world() -> Iterator[Database]:
    with tempfile.TemporaryDirectory(prefix="linli-trust-") as folder, clock.at(NOW):
        database, _ = a_database(Path(folder))
        with closing(database), engine.using(database):
            world.fill(database)
            yield database


@contextmanager
def _an_office(folder: Path, every: int) -> Iterator[Database]:
    """The demo office, or with less asked for an empty one; the process's own until it is closed."""
    folder = folder / "data"
    with clock.at(NOW):
        if every > 1:
            database, _ = a_database(folder)
        else:
            database = engine.open_database(settings_for(folder))
            migrations.upgrade(database)
    before = list(engine._process)
    engine._process[:] = [database]
    try:
        if every == 1:
            with clock.at(NOW):
                demo.build(database, NOW.date(), thin=8)
        yield database
    finally:
        engine._process[:] = before


def _boss(database: Database) -> Actor:
    with database.reading() as session:
        unit, person = Base.metadata.tables["unit"], Base.metadata.tables["person"]
        wanted = select(person.c.id, person.c.name, unit.c.id.label("unit_id"), unit.c.path).join(unit)
        row = session.execute(wanted.where(person.c.username == BOSS)).one()
    every = frozenset(Role)
    return Actor(id=row.id, name=row.name, roles=every, unit_id=row.unit_id, unit_path=row.path, origin="trust")


def _secret(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(Case.id).where(Case.sealed).order_by(Case.id).limit(1)) or 0


def _an_open_case(database: Database) -> int:
    with database.reading() as session:
        wanted = select(Case.id).where(Case.open, ~Case.sealed, Case.state == "registered").order_by(Case.id)
        return session.scalar(wanted.limit(1)) or 0
