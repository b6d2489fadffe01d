"""Every chart of the standard set beside hand-written SQL for the same figures, and beside the names of their axes."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlcipher3 import dbapi2

from db.engine import Database
from db.rules.briefings.chart import ChartSpec, Drawn
from db.services.briefings import standard
from db.services.briefings.drawing import draw
from tests.bench import ground
from tests.bench.measure import Pair, in_turn, table
from tests.factories import Office

EMPTY = 0.1
HEADS = ("", "Linli cpu ms", "raw cpu ms", "ratio", "Linli wall", "raw wall", "target 2")
# Parts several statements share.
SHOWN = """NOT c.sealed AND c.kind <> 'accusation'
    AND c.id NOT IN (SELECT case_id FROM case_recusal WHERE person_id = :me)"""
TOLD = "coalesce(c.replied_on, CASE WHEN c.anonymous THEN c.confirmed_on END, c.closed_on)"
PARTS = {
    "shown": SHOWN,
    "received": f"c.received_at >= :begins AND c.received_at < :ends AND {SHOWN}",
    "local": "c.received_at, '+28800 seconds'",
    "told": TOLD,
    "noticed": f"CASE WHEN c.notice_on IS NULL OR {TOLD} < c.notice_on THEN {TOLD} ELSE c.notice_on END",
    "valid": """c.procedure = 'ordinary' AND NOT c.anonymous AND v.reached
        AND v.satisfaction IN ('satisfied', 'fairly', 'dissatisfied')""",
    "agreed": "CASE WHEN a.effective_on IS NULL THEN 0 ELSE 1 END",
}
# By register, measure, split and second split, in the columns the chart is grouped by.
RAW = {
    ("cases", "received", "category", ""):
        "SELECT c.category, count(*) FROM case_file c WHERE {received} GROUP BY 1",
    ("cases", "received", "month", ""):
        "SELECT strftime('%Y-%m', {local}), count(*) FROM case_file c WHERE {received} GROUP BY 1",
    ("cases", "received", "weekday", "hour"):
        """SELECT strftime('%u', {local}), strftime('%H', {local}), count(*) FROM case_file c
        WHERE {received} GROUP BY 1, 2""",
    ("cases", "received", "channel", "grade"):
        "SELECT c.channel, c.grade, count(*) FROM case_file c WHERE {received} GROUP BY 1, 2",
    ("cases", "open", "unit", "overdue"):
        """SELECT c.lead_unit_id, c.next_due_on < :today, count(*) FROM case_file c
        WHERE c.open = 1 AND c.received_at < :ends AND {shown} GROUP BY 1, 2""",
    ("cases", "answered_rate", "unit", ""):
        """SELECT c.lead_unit_id, sum({told} <= c.answer_due_on), count(*) FROM case_file c
        WHERE c.answer_due_on BETWEEN :first AND :last AND ({told} IS NOT NULL OR c.answer_due_on < :today)
        AND {shown} GROUP BY 1""",
    ("cases", "notice_rate", "month", ""):
        """SELECT strftime('%Y-%m', c.notice_due_on), sum({noticed} <= c.notice_due_on), count(*) FROM case_file c
        WHERE c.notice_due_on BETWEEN :first AND :last AND ({noticed} IS NOT NULL OR c.notice_due_on < :today)
        AND {shown} GROUP BY 1""",
    ("cases", "satisfied_rate", "", ""):
        """SELECT sum(v.satisfaction = 'satisfied'), count(*) FROM case_visit v JOIN case_file c ON c.id = v.case_id
        WHERE v.visited_on BETWEEN :first AND :last AND {valid} AND {shown}""",
    ("cases", "days_to_answer", "unit", ""):
        """SELECT c.lead_unit_id, sum(julianday(c.replied_on) - julianday(date({local}))), count(*) FROM case_file c
        WHERE c.replied_on BETWEEN :first AND :last AND {shown} GROUP BY 1""",
    ("disputes", "accepted", "category", ""):
        "SELECT category, count(*) FROM dispute WHERE accepted_on BETWEEN :first AND :last GROUP BY 1",
    ("disputes", "success_rate", "month", ""):
        """SELECT strftime('%Y-%m', d.accepted_on), sum({agreed}), count(*) FROM dispute d
        LEFT JOIN agreement a ON a.dispute_id = d.id WHERE d.accepted_on BETWEEN :first AND :last GROUP BY 1""",
    ("supervisions", "issued", "unit", ""):
        """SELECT s.unit_id, count(*) FROM supervision s JOIN case_file c ON c.id = s.case_id
        WHERE s.issued_at >= :begins AND s.issued_at < :ends AND s.state <> 'withdrawn' AND {shown} GROUP BY 1""",
    ("decisions", "open", "unit", ""):
        """SELECT unit_id, count(*) FROM meeting_decision WHERE state = 'open' AND removed_at IS NULL
        AND decided_at < :ends GROUP BY 1""",
    ("duty", "open", "post", ""):
        """SELECT p.post_id, count(*) FROM rota_place p JOIN rota r ON r.id = p.rota_id AND r.state = 'published'
        WHERE p.member_id IS NULL AND p.on_day BETWEEN :first AND :last GROUP BY 1""",
}  # fmt: skip


def main(sizes: Sequence[int], *, seconds: float = 1.5) -> None:
    """Print one table per size; the target is twice the raw SQL."""
    for size in sizes:
        with ground.opened(size) as (database, office):
            pairs = list(_pairs(database, office, seconds))
        rows = [(p.name, p.linli, p.raw, p.ratio, p.linli_wall, p.raw_wall, _told(p)) for p in pairs]
        table(f"the standard charts of {size:,} cases (medians)", HEADS, rows)


def _told(pair: Pair) -> str:
    """Whether the target was missed; where the office has no such rows there is nothing to compare."""
    if pair.raw < EMPTY:
        return "no rows"
    return "" if pair.ratio <= 2 else "over 2"


def _pairs(database: Database, office: Office, seconds: float) -> Iterator[Pair]:
    raw = dbapi2.connect(str(database.settings.folder / "linli.db"), isolation_level=None)
    try:
        for name, spec in standard.standard(office.director):
            answer = _asked(raw, database, office, spec)
            drawn = draw(office.director, spec=spec)
            _same(drawn, answer())
            yield in_turn(name.en, partial(draw, office.director, spec=spec), answer, seconds=seconds)
    finally:
        raw.close()


def _asked(raw: Any, database: Database, office: Office, spec: ChartSpec) -> Callable[[], list[list[Any]]]:
    """The rows of the period, and of the one it stands beside."""
    drawn = draw(office.director, spec=spec)
    zone = ZoneInfo(database.settings.timezone)
    spans = [(drawn.first, drawn.last)] + ([(drawn.before_first, drawn.before_last)] if spec.compare else [])
    told = []
    for first, last in spans:
        if first is None or last is None:
            raise AssertionError("the charts of the standard set have a period")
        begins, ends = (datetime.combine(day, time.min, zone) for day in (first, last + timedelta(days=1)))
        told.append(
            {"me": office.director.id, "first": first.isoformat(), "last": last.isoformat()}
            | {"today": drawn.as_of.astimezone(zone).date().isoformat()}
            | {"begins": ground._stored(begins.astimezone(ZoneInfo("UTC")))}
            | {"ends": ground._stored(ends.astimezone(ZoneInfo("UTC")))}
        )
    statement = RAW[spec.register, spec.measure, spec.split, spec.by].format(**PARTS)
    return lambda: [raw.execute(statement, values).fetchall() for values in told]


def _same(drawn: Drawn, answer: list[list[Any]]) -> None:
    """The figures of the period add up to the same."""
    number = 2 if drawn.unit in ("rate", "days") else 1
    summed = [sum(row[column] or 0 for row in answer[0]) for column in range(-number, 0)]
    of = drawn.total.n if drawn.total.of is None else drawn.total.of
    assert of == summed[-1], f"{drawn.title.en}: {of} and {summed}"
