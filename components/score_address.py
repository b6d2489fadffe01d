"""Which assessment and which unit's sheet an address asks for; not yours and not there look the same."""

import pandas as pd
import streamlit as st

from components.forms import mark_problem
from components.score_labels import named
from components.tables import pick
from components.words import t
from db.rules.permissions import Actor
from db.rules.problems import NotThere, Problems
from db.services.duty.rows import records
from db.services.scoring import board, sheets
from db.services.scoring.board import Board
from db.services.scoring.sheets import Sheets

ID, PERIOD, DRAFT = "id", "period", "draft"
BOOK = "book"
ENTERING = "score"


def chosen_board(actor: Actor, found: pd.DataFrame) -> Board:
    """The board of the assessment the address names, else of the newest."""
    names = {int(row["id"]): f"{row['year']} · {named(row)}" for row in records(found)}
    chosen = pick("assessment", t("Assessment"), names, required=True)
    return board.board(actor, assessment_id=int(chosen))


def asked_for(actor: Actor) -> Sheets:
    """The sheets of the unit named by ?id=, or a calm word and the end of the page."""
    asked = st.query_params.get(ID, "")
    try:
        if asked.isdecimal() and len(asked) < 10:
            return sheets.sheets(actor, assessed_unit_id=int(asked))
    except NotThere:
        pass
    except Problems as problems:
        for problem in problems.problems:
            mark_problem(problem)
    st.info(t("This does not exist, or it is not yours to see."), icon=":material/search_off:")
    if st.button(t("To the scores"), key="to-the-scores", type="primary"):
        open_board()
    st.stop()


def open_sheet(assessed_unit_id: int, period: str = "") -> None:
    """Go to the sheet of a unit in this tab."""
    asked = {ID: str(assessed_unit_id)} | ({PERIOD: period} if period else {})
    st.switch_page("pages/scoring/sheet.py", query_params=asked)


def address_of_draft(form: str) -> dict[str, str] | None:
    """Where a draft of a point is gone on with; None for a draft of another form."""
    name, _, record = form.partition(":")
    unit, _, period = record.partition(":")
    return {ID: unit, PERIOD: period or BOOK, DRAFT: "1"} if name == ENTERING else None


def open_board(assessment_id: int | None = None) -> None:
    """Go to the board in this tab."""
    asked = {"assessment": str(assessment_id)} if assessment_id else None
    st.switch_page("pages/scoring/board.py", query_params=asked)


def chosen_period(seen: Sheets) -> str:
    """The sheet being looked at, "" the year's book; kept in the address so that a link opens it."""
    periods = {one["code"]: named(one) for one in seen.told["periods"]} | {BOOK: t("The year's book")}
    asked = st.query_params.get(PERIOD, "")
    key = f"sheet-period:{seen.told['assessed_unit_id']}"
    st.session_state.setdefault(key, asked if asked in periods else next(iter(periods)))
    chosen = st.segmented_control(
        t("Sheet"),
        list(periods),
        format_func=lambda code: periods.get(code, code),
        key=key,
        required=True,
        label_visibility="collapsed",
    )
    if chosen != asked:
        st.query_params[PERIOD] = str(chosen)
    return "" if chosen == BOOK else str(chosen)
