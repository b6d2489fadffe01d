"""The demo's published results: a quarter announced, appealed against, announced again; a refusal, an open appeal."""

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from typing import Any

from db.demo.scores import SEED, Scoring
from db.demo.stories import Moments
from db.demo.town import Town
from db.rules.permissions import Actor, Role
from db.rules.scoring.rubric import Period
from db.services.scoring import appeals, entries, publishing, results, sheets

# When after a period's end its result is announced, appealed against, and ruled on.
ANNOUNCED, ASKED, RULED = timedelta(days=8), timedelta(days=10), timedelta(days=13)
Line = dict[str, Any]


def results_told(town: Town, scoring: Scoring) -> Iterator[Moments]:
    """The story of every result: of the first an appeal is accepted, of the second one refused, later ones wait."""
    for place, period in enumerate(scoring.over(RULED)):
        yield _result(town, scoring, place, period)


def _result(town: Town, scoring: Scoring, place: int, period: Period) -> Moments:
    yield scoring.at(period.ends + ANNOUNCED)
    published = _publish(town, scoring, period, "")
    heads = [head for head in town.staff(Role.UNIT_HEAD) if head.unit_id]
    line = next((found for head in heads if (found := _line(head, published, period))), None)
    if line is None:
        return
    yield scoring.at(period.ends + ASKED)
    said = scoring.told["appeal"]
    appeal = _ask(line, published, period, said["why"])
    yield scoring.at(period.ends + RULED)
    if place == 0:
        _accept(town, scoring, line, appeal, period)
    elif place == 1:
        _rule(town, appeal, appeals.refuse, said["refused"])


def _publish(town: Town, scoring: Scoring, period: Period, again: str) -> int:
    return publishing.publish(
        town.people["director"],
        assessment_id=scoring.assessment_id,
        scope=period.code,
        key=f"{SEED} {scoring.assessment_id} {period.code} published{again}",
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


def _ask(line: Line, published: int, period: Period, why: str) -> int:
    return appeals.ask(
        line["head"],
        publication_id=published,
        unit_id=line["unit_id"],
        period=period.code,
        item=line["item"],
        reason=why,
        key=f"{SEED} {published} appeal",
    )


def _rule(town: Town, appeal: int, act: Any, ruling: str) -> None:
    act(town.people["director"], appeal_id=appeal, version=1, ruling=ruling, key=f"{SEED} appeal {appeal} ruled")


def _accept(town: Town, scoring: Scoring, line: Line, appeal: int, period: Period) -> None:
    """The sheet is reopened, a point is given, and the result is announced again."""
    _rule(town, appeal, appeals.accept, scoring.told["appeal"]["accepted"])
    assessor, assessed = town.people["assessor"], int(line["told"]["assessed_unit_id"])
    sheet: dict[str, Any] = {"assessed_unit_id": assessed, "period": period.code}
    sheets.reopen(assessor, **sheet, version=0, key=f"{SEED} appeal {appeal} reopened")
    entries.add_entry(
        assessor,
        **sheet,
        item=line["item"],
        on_day=period.ends,
        points="1",
        reason=scoring.told["appeal"]["corrected"],
        key=f"{SEED} appeal {appeal} corrected",
    )
    sheets.finish(assessor, **sheet, version=0, key=f"{SEED} appeal {appeal} finished")
    _publish(town, scoring, period, " again")
