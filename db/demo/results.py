"""The demo's published results: a quarter announced, appealed against, announced again; a refusal, an open appeal."""

from datetime import datetime, time, timedelta
from fractions import Fraction
from typing import Any

from db import clock
from db.demo.scores import SEED
from db.demo.town import Town
from db.engine import reading
from db.rules.permissions import Actor, Role
from db.rules.scoring.rubric import Period
from db.services.scoring import appeals, entries, ledger, publishing, results, sheets

# Days after a period's end until its result is announced, appealed against, and ruled on.
ANNOUNCED, ASKED, RULED = 8, 10, 13
WHY = "该项材料已在检查当日补交，附照片和签收单，请予复核。"
ACCEPTED = "经复核材料齐全，予以采纳，更正后重新公布。"
REFUSED = "检查当日确未提供，事后补交不计，维持原评分。"
Line = dict[str, Any]


def tell_results(town: Town, assessment_id: int, end: datetime) -> int:
    """Announce every quarter that is over; the units' heads appeal. Answers how many results were announced."""
    with reading() as session:
        rubric = ledger.must_be_in_force(session, assessment_id).rubric
    over = [one for one in rubric.periods() if one.ends + timedelta(days=RULED) <= end.date()]
    heads = [head for head in town.staff(Role.UNIT_HEAD) if head.unit_id]
    for place, period in enumerate(over):
        published = _publish(town, assessment_id, period, ANNOUNCED, "")
        line = next((found for head in heads if (found := _line(head, published, period))), None)
        if line is None:
            continue
        appeal = _ask(line, published, period)
        if place == 0:
            _accept(town, assessment_id, line, appeal, period)
        elif place == 1:
            _rule(town, appeal, period, appeals.refuse, REFUSED)
    return len(over)


def _publish(town: Town, assessment_id: int, period: Period, after: int, again: str) -> int:
    with clock.at(_at(period, after)):
        return publishing.publish(
            town.people["director"],
            assessment_id=assessment_id,
            scope=period.code,
            key=f"{SEED} {assessment_id} {period.code} published{again}",
        )


def _line(head: Actor, published: int, period: Period) -> Line | None:
    """A line of the head's own sheet that has not all its points, given by an assessor; None for a unit not scored."""
    seen = results.publication(head, publication_id=published)
    own = [int(unit_id) for unit_id in seen.board[seen.board["opens"]]["unit_id"]]
    for unit_id in own[:1]:
        told = results.unit_sheet(head, publication_id=published, unit_id=unit_id)
        for line in told["periods"][0]["lines"]:
            given = Fraction(line["points"]["exact"] or line["most"])
            if line["award"] == "given" and given <= Fraction(line["most"]) - 1:
                return {"head": head, "unit_id": unit_id, "item": line["code"], "told": told, "period": period.code}
    return None


def _ask(line: Line, published: int, period: Period) -> int:
    with clock.at(_at(period, ASKED)):
        return appeals.ask(
            line["head"],
            publication_id=published,
            unit_id=line["unit_id"],
            period=period.code,
            item=line["item"],
            reason=WHY,
            key=f"{SEED} {published} appeal",
        )


def _rule(town: Town, appeal: int, period: Period, act: Any, ruling: str) -> None:
    with clock.at(_at(period, RULED)):
        act(town.people["director"], appeal_id=appeal, version=1, ruling=ruling, key=f"{SEED} appeal {appeal} ruled")


def _accept(town: Town, assessment_id: int, line: Line, appeal: int, period: Period) -> None:
    """The sheet is reopened, a point is given, and the quarter is announced again."""
    _rule(town, appeal, period, appeals.accept, ACCEPTED)
    assessor, assessed = town.people["assessor"], int(line["told"]["assessed_unit_id"])
    sheet: dict[str, Any] = {"assessed_unit_id": assessed, "period": period.code}
    with clock.at(_at(period, RULED)):
        sheets.reopen(assessor, **sheet, version=0, key=f"{SEED} appeal {appeal} reopened")
        entries.add_entry(
            assessor,
            **sheet,
            item=line["item"],
            on_day=period.ends,
            points="1",
            reason="申诉采纳，补计。",
            key=f"{SEED} appeal {appeal} corrected",
        )
        sheets.finish(assessor, **sheet, version=0, key=f"{SEED} appeal {appeal} finished")
    _publish(town, assessment_id, period, RULED + 1, " again")


def _at(period: Period, days: int) -> datetime:
    return datetime.combine(period.ends + timedelta(days=days), time(10, 0), tzinfo=clock.now().tzinfo)
