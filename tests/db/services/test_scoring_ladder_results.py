"""The ladder announced: a month, a quarter, the year; its notice, an appeal against a figure, and R-32 on the grade."""

import io
from collections.abc import Mapping
from typing import Any

import pytest
from docx import Document

from db.engine import Database
from db.rules.problems import Problems
from db.services.scoring import appeals, board, ladders, notices, publishing, results
from tests.db.services.scored import Scored, a_scored_year
from tests.factories import Office, an_assessment


@pytest.fixture
def ladder(database: Database, office: Office) -> Scored:
    """Unit A rises month after month, unit B falls by half; five months are known."""
    scored = Scored(database, office, an_assessment(office, "ladder", name="重点指标"))
    for month in range(1, 6):
        figures(scored, month, {office.unit_a: (10, 12 + month), office.unit_b: (10, 5)})
    return scored


def figures(scored: Scored, month: int, typed: Mapping[int, tuple[int, int]]) -> None:
    rows: dict[int, tuple[int, Mapping[str, Any]]] = {
        scored.assessed(unit): (0, {"before": str(before), "now": str(now)}) for unit, (before, now) in typed.items()
    }
    saved = ladders.save_figures(
        scored.office.assessor, assessment_id=scored.assessment, month=month, rows=rows, key=f"figures {month}"
    )
    assert not saved.rejected


def test_a_month_is_announced_with_its_steps_and_rewards(ladder: Scored) -> None:
    office = ladder.office
    listed = publishing.scopes(office.director, assessment_id=ladder.assessment)
    assert list(listed["scope"][:2]) == ["m01", "m02"]
    assert list(listed["scope"][-2:]) == ["q4", "all"]
    assert listed.set_index("scope").loc["m03", "name_en"] == "March 2026"
    kept = ladder.frozen(ladder.publish("m03"))
    assert kept["units"][office.unit_a][:4] == (500, 1, "", "yellow")
    assert kept["units"][office.unit_b][:4] == (-500, 2, "", "")
    assert kept["document"]["scope"]["span"] == "month"
    assert kept["document"]["board"][str(office.unit_b)]["ladder"]["reward"] == "270"
    told = kept["units"][office.unit_a][4]
    assert [(one["month"], one["before"], one["now"]) for one in told["months"]] == [(3, "10", "15")]


def test_a_quarter_and_the_year_add_the_months_up(ladder: Scored) -> None:
    office = ladder.office
    kept = ladder.frozen(ladder.publish("q1"))
    assert kept["document"]["scope"]["span"] == "quarter"
    assert kept["units"][office.unit_a][0] == 400
    year = ladder.frozen(ladder.publish("all"))
    assert year["units"][office.unit_a][:4] == (500, 1, "", "not_excellent")
    found = results.ranks_over_time(office.viewer, assessment_id=ladder.assessment)
    assert list(dict.fromkeys(found["scope"])) == ["q1", "all"]


def test_a_month_without_figures_is_missing(ladder: Scored) -> None:
    with pytest.raises(Problems) as caught:
        ladder.publish("m07")
    assert [problem.field for problem in caught.value.problems] == ["scope"]


def test_the_notice_of_a_month(ladder: Scored) -> None:
    published = ladder.publish("m03")
    for language, heads in (("en", "Increase (%)"), ("zh", "")):
        made = notices.document(ladder.office.viewer, publication_id=published, language=language)
        document = Document(io.BytesIO(made.content))
        rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
        assert heads in " ".join(" ".join(rows[0]).split())
        assert rows[1][4] == "+50.0"
        assert (rows[2][4], rows[2][6]) == ("-50.0", "270")
    assert notices.workbook(ladder.office.viewer, publication_id=published, language="zh").content.startswith(b"PK")


def test_a_figure_is_appealed_against_and_corrected(ladder: Scored) -> None:
    office, first = ladder.office, ladder.publish("m03")
    line: dict[str, Any] = {"publication_id": first, "unit_id": office.unit_a, "reason": "三月有重复统计"}
    with pytest.raises(Problems):
        appeals.ask(office.head, **line, period="m04", item="figure", key="other month")
    appeals.ask(office.head, **line, period="m03", item="figure", key="ask")
    rows: dict[int, tuple[int, Mapping[str, Any]]] = {ladder.assessed(office.unit_a): (1, {"now": "12"})}
    ladders.save_figures(office.assessor, assessment_id=ladder.assessment, month=3, rows=rows, key="corrected")
    second = ladder.frozen(ladder.publish("m03", key="again"))
    told = {(one["what"], one["before"], one["after"]) for one in second["document"]["differences"]}
    assert told == {("total", "50.0", "20.0"), ("item", "15.0", "12.0")}
    assert "March 2026" in "\n".join(
        paragraph.text
        for paragraph in Document(
            io.BytesIO(notices.document(office.viewer, publication_id=first + 1, language="en").content)
        ).paragraphs
    )


def test_a_published_ladder_keeps_a_unit_from_the_best_grade(ladder: Scored) -> None:
    office = ladder.office
    year = a_scored_year(ladder.database, office)

    def grade() -> str:
        seen = publishing.preview(office.director, assessment_id=year.assessment, scope="all")
        return str(seen.units.set_index("unit_id").loc[office.unit_a, "grade"])

    def on_the_board() -> tuple[str, list[str]]:
        seen = board.board(office.director, assessment_id=year.assessment).units.set_index("unit_id")
        row = seen.loc[office.unit_a].to_dict()
        return row["grade"], row["cards"]

    assert (grade(), on_the_board()) == ("excellent", ("excellent", []))
    ladder.publish("m05")
    assert (grade(), on_the_board()) == ("good", ("good", ["not_excellent"]))
