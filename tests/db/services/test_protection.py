"""A year's report: what was asked, seen, taken and done, counted where it stands."""

import io
from datetime import timedelta

import pytest
from docx import Document

from db import clock, journal
from db.engine import Database
from db.rules.problems import NotThere, Refused
from db.services import cases, data_requests, finding, incidents, protection
from tests.db.services.test_data_requests import CONTACT, NAME, a_matter, act, asked
from tests.factories import NOW, Office

TODAY = NOW.date()
Detail = dict[str, object] | None
EXPORTS: tuple[Detail, ...] = ({"plain": True}, {"plain": False}, None)
PRINTS: tuple[tuple[str, Detail], ...] = (
    ("dispute", {"what": "agreement"}),
    ("dispute", {"identities": False}),
    ("rota", {}),
)


def figures(office: Office, year: int = 2026) -> dict[str, tuple[int, object]]:
    rows = protection.report(office.director, year=year).figures.to_dict("records")
    return {str(row["what"]): (int(row["count"]), row["people"]) for row in rows if row["count"]}


def test_a_year_is_counted_from_the_journal_and_the_tables(database: Database, office: Office) -> None:
    case_id = a_matter(office, (NAME, CONTACT))
    assert figures(office) == {}
    for who in (office.director, office.leader):
        cases.unmask(who, case_id=case_id)
    finding.find(office.clerk, text=NAME)
    with database.transaction(office.director) as session:
        for detail in EXPORTS:
            journal.note(session, "export", tbl="case_file", pk=case_id, detail=detail)
        for tbl, detail in PRINTS:
            journal.note(session, "print", tbl=tbl, detail=detail)
    with pytest.raises(Refused):
        protection.report(office.clerk, year=2026)
    first, second = asked(office, "copy"), asked(office, "copy")
    data_requests.copied(office.director, request_id=first, language="zh")
    about = {"act": "refuse", "words": "好", "article": "PIPL 45"}
    with clock.at(NOW + timedelta(days=30)):
        act(office, data_requests.answer, second, **about)
        incidents.record(office.leader, what="误发", kinds="姓名", found_on=TODAY, people=3, key="one")
        seen = figures(office)
        assert figures(office, 2025) == {}
    assert {what: count for what, (count, _) in seen.items()} == {
        "unmasked": 2, "searched": 2, "exported": 1, "records": 1, "printed": 1, "copied": 1, "refused": 1,
        "incidents": 1, "incident_people": 3, "unsettled": 1,
    }  # fmt: skip
    assert (seen["unmasked"][1], seen["searched"][1]) == (2, 1)
    (row,) = [
        row
        for row in protection.report(office.director, year=2026).requests.to_dict("records")
        if row["kind"] == "copy"
    ]
    assert [row[name] for name in protection.REQUESTS[1:]] == [2, 0, 0, 1, 0, 1, 1, 30.0, 30]


def test_as_word_and_for_years_that_were(office: Office) -> None:
    asked(office, "access")
    for year in (1999, 2027):
        with pytest.raises(NotThere):
            protection.report(office.director, year=year)
    made = protection.document(office.director, year=2026, language="en")
    lines = [p.text for p in Document(io.BytesIO(made.content)).paragraphs]
    assert "See their data：1 received; 0 granted, 0 in part, 0 refused, 0 withdrawn, 1 waiting; 0 after their day; " \
           "– days on average, – at most" in lines  # fmt: skip
    assert "Incidents：0" in lines
    with pytest.raises(Refused):
        protection.document(office.clerk, year=2026, language="en")
