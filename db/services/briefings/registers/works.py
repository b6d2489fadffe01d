"""The registers of work as a register of charts: meetings, reports, inspections, activities, and how units stand."""

from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, case, func, literal_column

from db.models import Work, WorkUnit
from db.rules.briefings.chart import Words
from db.rules.permissions import Actor, Permission
from db.rules.scoring import work_words
from db.rules.scoring.works import Kind, Stand
from db.services.briefings.registers import naming
from db.services.briefings.registers.declaring import Asked, Dimension, Measure, Reckoning, Register, by_code
from db.services.briefings.registers.shared import TIME, counted, unit
from db.services.works.scope import parts
from db.services.works.scope import visible as in_reach

OF_PARTS = frozenset({"unit", "standing"})


def visible(actor: Actor) -> ColumnElement[bool]:
    """The lines this person reads; none that was removed."""
    return and_(Work.removed_at.is_(None), in_reach(actor))


def record(_asked: Asked) -> tuple[SQLColumnExpression[Any], ...]:
    """The columns of one line behind a figure."""
    return Work.id, literal_column("''"), Work.title, Work.about, Work.kind


def _with_parts(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return query.join(WorkUnit, WorkUnit.work_id == Work.id)


def _standing(asked: Asked) -> SQLColumnExpression[str]:
    """What is not handed in is expected until its day is over."""
    expected = and_(WorkUnit.standing == Stand.MISSING, Work.on_day >= asked.today)
    return case((expected, literal_column("'expected'")), else_=WorkUnit.standing)


_DIMENSIONS = (
    Dimension(
        code="kind",
        name=Words("工作种类", "Kind"),
        expression=lambda _: Work.kind,
        labels=naming.of_words(work_words.TABLES["kind"]),
    ),
    Dimension(
        code="about",
        name=Words("具体类别", "What kind"),
        expression=lambda _: Work.about,
        labels=naming.of_words(work_words.TABLES["about"]),
    ),
    Dimension(
        code="standing",
        name=Words("参与情况", "Standing"),
        expression=_standing,
        labels=naming.of_words(work_words.TABLES["stand"]),
        ordered=True,
    ),
    unit("unit", Words("单位", "Unit"), WorkUnit.unit_id),
    *TIME,
)
_MEASURES = (
    Measure(
        code="lines",
        name=Words("工作记录", "Lines"),
        definition=Words(
            "期间内的会议、报送、检查和活动，按日期计。",
            "Meetings, reports, inspections and activities of the period, by their day.",
        ),
        day=lambda _: Work.on_day,
        without=OF_PARTS,
    ),
    Measure(
        code="parts",
        name=Words("单位参与", "Units in lines"),
        definition=Words(
            "期间内各项工作涉及的单位，每项每单位计一次。",
            "Units named in the lines of the period, once for each line.",
        ),
        day=lambda _: Work.on_day,
        joined=_with_parts,
        reach=parts,
    ),
    Measure(
        code="attended_rate",
        name=Words("会议到会率", "Attended"),
        definition=Words(
            "期间内应到会的单位中，到会的占比（请假计为未到）。",
            "Of units called to meetings in the period, those that attended (excused is not attended).",
        ),
        unit="rate",
        reckoning=Reckoning.RATE,
        day=lambda _: Work.on_day,
        joined=_with_parts,
        reach=parts,
        where=lambda _: and_(
            Work.kind == Kind.MEETING, WorkUnit.standing.in_((Stand.PRESENT, Stand.EXCUSED, Stand.ABSENT))
        ),
        top=lambda _: counted(WorkUnit.standing == Stand.PRESENT),
        bottom=lambda _: func.count(),
    ),
    Measure(
        code="handed_in_rate",
        name=Words("报送率", "Handed in"),
        definition=Words(
            "期间内应报送的材料中，已报送的占比（未到期的不计）。",
            "Of reports due in the period, those handed in (none whose day is still to come).",
        ),
        unit="rate",
        reckoning=Reckoning.RATE,
        day=lambda _: Work.on_day,
        joined=_with_parts,
        reach=parts,
        where=lambda asked: and_(
            Work.kind == Kind.REPORT, WorkUnit.standing != "", _standing(asked) != literal_column("'expected'")
        ),
        top=lambda _: counted(WorkUnit.standing == Stand.HANDED_IN),
        bottom=lambda _: func.count(),
    ),
)

REGISTER = Register(
    code="works",
    name=Words("工作台账", "Registers of work"),
    permission=Permission.WORKS_READ,
    reads=Permission.WORKS_READ,
    dimensions=by_code(*_DIMENSIONS),
    measures=by_code(*_MEASURES),
    begun=lambda query: query.select_from(Work),
    visible=visible,
    readable=visible,
    record=record,
)
