"""Mediation with many files beside an office with one: the list, one file and the statistics, measured by turns."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle

import psutil  # type: ignore[import-untyped]

from db import clock
from db.engine import Database, using
from db.rules.permissions import Actor
from db.services.mediation import figures, lists, read
from db.services.mediation.lists import Choice, Tab
from tests.bench import dispute_ground, reruns
from tests.bench.measure import in_turn, table
from tests.factories import Office
from tests.serving import Served

TARGET = 3
ROTATED = 40
HEADS = ("", "cpu ms", "cpu ms, one file", "ratio", "wall", "wall, one file", f"target {TARGET}")
Call = Callable[[Office, Database], Callable[[], object]]


def main(sizes: Sequence[int], *, seconds: float = 1.5) -> None:
    """Print one table per size; the target is three times the office with one file."""
    for size in sizes:
        with dispute_ground.opened(1) as (small, few), dispute_ground.opened(size) as (large, many):
            pairs = [
                in_turn(name, _at(large, call(many, large)), _at(small, call(few, small)), seconds=seconds)
                for name, call in _calls(size)
            ]
        rows = [
            (p.name, p.linli, p.raw, p.ratio, p.linli_wall, p.raw_wall, "" if p.ratio <= TARGET else f"over {TARGET}")
            for p in pairs
        ]
        table(f"mediation with {size:,} files (medians)", HEADS, rows)
        reruns_beside(size, seconds=seconds * 2)


def reruns_beside(size: int, *, seconds: float) -> None:
    """Print what the same pages cost a served program with many files and with one."""
    costs = {number: _reruns(number, seconds) for number in (1, size)}
    rows = [
        (few.name, many.cpu, few.cpu, many.cpu / few.cpu, "" if many.cpu <= TARGET * few.cpu else f"over {TARGET}")
        for few, many in zip(costs[1], costs[size], strict=True)
    ]
    heads = ("", "cpu ms per rerun", "with one file", "ratio", f"target {TARGET}")
    table(f"reruns of the served program with {size:,} files", heads, rows)


def _reruns(size: int, seconds: float) -> list[reruns.Cost]:
    with dispute_ground.opened(size) as (database, _):
        folder = database.settings.folder
    with Served(folder, "", {"LINLI_IDLE_MINUTES": "240"}) as served:
        assert served.process is not None
        process, token = psutil.Process(served.process.pid), served.sign_in("director")
        return [
            asyncio.run(reruns.cost_of(page, served.url, token, process, page, query, seconds))
            for page, query in (("mediation", ""), ("dispute", f"id={size}"), ("mediation-figures", ""))
        ]


def _at(database: Database, act: Callable[[], object]) -> Callable[[], object]:
    def acted() -> object:
        with using(database):
            return act()

    return acted


def _calls(size: int) -> Iterator[tuple[str, Call]]:
    for who in ("director", "mediator", "chair", "clerk"):
        for tab in (Tab.OPEN, Tab.ALL) if who in ("director", "clerk") else (Tab.MINE, Tab.OPEN, Tab.ALL):
            yield f"list, {tab} ({who})", _list(who, Choice(tab=tab))
    for tab in (Tab.TO_TAKE_ON, Tab.OVERDUE, Tab.OBLIGATIONS, Tab.TO_VISIT):
        yield f"list, {tab}", _list("director", Choice(tab=tab))
    yield "list, page 150", _list("director", Choice(tab=Tab.ALL, page=150))
    yield "list, filtered", _list("director", Choice(tab=Tab.ALL, category="neighbours", state="archived"))
    yield "search, 2 characters", _list("director", Choice(tab=Tab.ALL, text="路灯"))
    for who in ("director", "mediator"):
        yield f"counts ({who})", _service(lists.counts, who)
        yield f"desk ({who})", _service(lists.waiting, who)
    for who in ("director", "mediator"):
        yield f"one file ({who})", _file(who)
    for who in ("director", "mediator", "viewer"):
        yield f"figures ({who})", _of_year(figures.figures, who)
        yield f"yearly table ({who})", _of_year(figures.yearly_table, who)


def _list(who: str, choice: Choice) -> Call:
    return lambda office, _: lambda: lists.register(office.people[who], choice=choice)


def _service(service: Callable[[Actor], object], who: str) -> Call:
    return lambda office, _: lambda: service(office.people[who])


def _of_year(service: Callable[..., object], who: str) -> Call:
    return lambda office, _: lambda: service(office.people[who], year=clock.now().year)


def _file(who: str) -> Call:
    """Files of one's own in turn, each looked at once before, so that no look is written again."""

    def prepared(office: Office, database: Database) -> Callable[[], object]:
        actor = office.people[who]
        with using(database):
            page = lists.register(actor, choice=Choice(tab=Tab.OPEN, state="agreed"))
            ids = [int(one) for one in page.rows["id"][:ROTATED]]
            for one in ids:
                read.view(actor, dispute_id=one)
        turn = cycle(ids)
        return lambda: read.view(actor, dispute_id=next(turn))

    return prepared
