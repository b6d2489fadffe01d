"""An office that scores many villages: last year's assessment with twelve monthly sheets and a book each, 40 items.

Of the 24 base items of a month four are shares of what the records know and twenty are entered; each village led ten
matters, all rated, and stands in the registers of a year of meetings, reports and inspections.
"""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

from db.engine import Database
from db.models import (
    AssessedUnit,
    Assessment,
    Case,
    CaseVisit,
    Rubric,
    ScoreEntry,
    ScoreSheet,
    Unit,
    Work,
    WorkUnit,
)
from tests.bench import ground
from tests.bench.ground import Filling
from tests.factories import Office

MONTHS, ENTERED, MATTERS = 12, 20, 10
RATES = ("on_time_acceptance", "on_time_completion", "rated_share", "satisfaction")
COUNTED = {
    "bonus": ("adopted_town", "adopted_county", "adopted_city", "adopted_central"),
    "deduction": ("meetings_missed", "reports_missing"),
    "minimum": ("meetings_led", "disputes_found", "standard_files", "inspections", "activities"),
    "target": ("satisfied_or_fairly", "resolved_locally"),
}
TYPED = {"bonus": 1, "deduction": 2}
BELOW = 10_000  # ids of villages begin here


def opened(size: int) -> AbstractContextManager[tuple[Database, Office]]:
    """The office with so many villages; assessment 1 scores them."""
    folder = ground.folder_of(size).with_name(f"scores-{size}")
    return ground.opened_at(folder, size, lambda database, office: Rows(database, office, size).filling())


def document(year: int) -> dict[str, Any]:
    """The rubric: twelve months of one part, 40 items."""
    months = [
        {
            "code": f"m{month:02}",
            "name": f"{month}月",
            "begins": f"{month:02}-01",
            "ends": f"{_last(year, month):%m-%d}",
        }
        for month in range(1, MONTHS + 1)
    ]
    items = [_item(code, "base", award="rate", points="5", trigger=code) for code in RATES]
    items += [_item(f"entered{n}", "base", award="given", points="4") for n in range(ENTERED)]
    for kind, codes in COUNTED.items():
        asked = {"threshold": "6"} if kind in ("minimum", "target") else {"points": "0.5"}
        items += [_item(code, kind, trigger=code, **asked) for code in codes]
    items += [_item(f"{kind}{n}", kind, points="1") for kind, many in TYPED.items() for n in range(many)]
    part = {"code": "months", "name": "逐月检查", "weight": "100", "periods": months}
    grades = [{"code": "good", "name": "良好", "least": "80"}, {"code": "pass", "name": "合格", "least": "60"}]
    return {"kind": "points", "base": "100", "bonus_cap": "10", "parts": [part], "items": items, "grades": grades}


class Rows(ground.Rows):
    """The rows of every table, village by village; the same for the same size and year."""

    def __init__(self, database: Database, office: Office, size: int) -> None:
        super().__init__(database, office, size)
        self.scored = self.year - 1

    def filling(self) -> Filling:
        """Everything that goes into the office."""
        made: tuple[tuple[Any, Iterator[tuple[object, ...]]], ...] = (
            (Unit, self.villages()), (Assessment, self.assessment()), (Rubric, self.rubric()),
            (AssessedUnit, self.assessed()), (ScoreSheet, self.sheets()), (ScoreEntry, self.points()),
            (Case, self.matters()), (CaseVisit, self.visits()), (Work, self.lines()), (WorkUnit, self.parts()),
        )  # fmt: skip
        return Filling([(model.__table__, rows) for model, rows in made], [])

    def _row(self, model: Any, **values: object) -> tuple[object, ...]:
        return self.row(model.__table__, version=1, **values)

    def _ids(self) -> range:
        return range(1, self.size + 1)

    def villages(self) -> Iterator[tuple[object, ...]]:
        """unit: all of the centre's"""
        for one in self._ids():
            path = f"/{self.office.centre}/{BELOW + one}/"
            yield self._row(
                Unit, id=BELOW + one, parent_id=self.office.centre, name=f"第{one}村", name_en=f"Village {one}",
                level=2, path=path, kind="village",
            )  # fmt: skip

    def assessment(self) -> Iterator[tuple[object, ...]]:
        """assessment"""
        yield self._row(Assessment, id=1, code="bench", year=self.scored, kind="points", name="百分制考核")

    def rubric(self) -> Iterator[tuple[object, ...]]:
        """score_rubric"""
        told = json.dumps(document(self.scored), ensure_ascii=False)
        yield self._row(Rubric, id=1, assessment_id=1, edition=1, state="in_force", document=told)

    def assessed(self) -> Iterator[tuple[object, ...]]:
        """assessed_unit"""
        return (self._row(AssessedUnit, id=one, assessment_id=1, unit_id=BELOW + one) for one in self._ids())

    def sheets(self) -> Iterator[tuple[object, ...]]:
        """score_sheet: the months, and the book of the year last"""
        for one in self._ids():
            for month in range(1, MONTHS + 2):
                period = f"m{month:02}" if month <= MONTHS else ""
                yield self._row(ScoreSheet, id=self._sheet(one, month), assessed_unit_id=one, period=period)

    def _sheet(self, one: int, month: int) -> int:
        return one * 20 + month

    def points(self) -> Iterator[tuple[object, ...]]:
        """score_entry: everything that is entered"""
        number = 0
        for one in self._ids():
            for month in range(1, MONTHS + 1):
                on_day = ground._day(_last(self.scored, month))
                for item in range(ENTERED):
                    number += 1
                    yield self._row(
                        ScoreEntry, id=number, sheet_id=self._sheet(one, month), item=f"entered{item}", on_day=on_day,
                        points=400 - 50 * ((number + one) % 5), author_id=self.office.assessor.id,
                        written_at=f"{on_day} 09:00:00.000000",
                    )  # fmt: skip
            for kind, many in TYPED.items():
                for item in range(many):
                    number += 1
                    yield self._row(
                        ScoreEntry, id=number, sheet_id=self._sheet(one, MONTHS + 1), item=f"{kind}{item}",
                        on_day=ground._day(date(self.scored, 6, 30)), count=1 + one % 3, reason="记录",
                        author_id=self.office.assessor.id, written_at=f"{self.scored}-07-01 09:00:00.000000",
                    )  # fmt: skip

    def _matter_day(self, number: int) -> date:
        return date(self.scored, 1, 1) + timedelta(days=number * 37 % 300)

    def matters(self) -> Iterator[tuple[object, ...]]:
        """case_file: ten of each village, one in nine answered late"""
        for number in range(1, self.size * MATTERS + 1):
            day = self._matter_day(number)
            answered = ground._day(day + timedelta(days=70 if number % 9 == 0 else 20))
            yield self._row(
                Case, id=number, number=f"{self.scored}-{number:06d}", year=self.scored, running=number,
                state="archived", open=False, channel="visit", source="resident", kind="request", grade="general",
                category="other", subject="路灯不亮", text="路灯不亮", query_code=self._code,
                received_at=f"{ground._day(day)} 01:00:00.000000", registered_at=f"{ground._day(day)} 01:00:00.000000",
                registered_by_id=self.office.clerk.id, limit_set_id=1, lead_unit_id=BELOW + 1 + number % self.size,
                notice_on=ground._day(day + timedelta(days=number % 18)), transferred_on=ground._day(day),
                responded_on=ground._day(day), accepted_on=ground._day(day), confirmed_on=answered,
                replied_on=answered, visited_on=answered, closed_on=answered, satisfaction="satisfied",
            )  # fmt: skip

    def visits(self) -> Iterator[tuple[object, ...]]:
        """case_visit: one of each matter"""
        said = ("satisfied", "satisfied", "fairly", "satisfied", "dissatisfied")
        for number in range(1, self.size * MATTERS + 1):
            day = self._matter_day(number) + timedelta(days=70 if number % 9 == 0 else 20)
            yield self._row(
                CaseVisit, id=number, case_id=number, visited_on=ground._day(day), how="telephone",
                satisfaction=said[number % len(said)],
            )  # fmt: skip

    def lines(self) -> Iterator[tuple[object, ...]]:
        """work: a meeting, a report and an inspection of each month"""
        for number, (kind, about, day) in enumerate(self._lines(), start=1):
            yield self._row(Work, id=number, kind=kind, about=about, on_day=ground._day(day), title="记录")

    def _lines(self) -> list[tuple[str, str, date]]:
        kinds = (("meeting", "regular"), ("report", "monthly"), ("inspection", "month"))
        return [(*kind, date(self.scored, month, 20)) for month in range(1, MONTHS + 1) for kind in kinds]

    def parts(self) -> Iterator[tuple[object, ...]]:
        """work_unit: every village in every line, one in eleven absent or late"""
        number = 0
        for work, (kind, _, _) in enumerate(self._lines(), start=1):
            fine, not_so = {"meeting": ("present", "absent"), "report": ("handed_in", "missing")}.get(
                kind, ("done", "done")
            )
            for one in self._ids():
                number += 1
                missed = (one + work) % 11 == 0
                persons = 1 if missed and kind == "meeting" else 0
                standing = not_so if missed else fine
                yield self._row(
                    WorkUnit, id=number, work_id=work, unit_id=BELOW + one, standing=standing, persons=persons
                )


def _item(code: str, kind: str, **more: object) -> dict[str, Any]:
    return {"code": code, "kind": kind, "name": code, "name_en": code, "section": "all", "source": "bench", **more}


def _last(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
