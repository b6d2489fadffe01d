"""The screen of ledgers: which, over which days, of which unit; its first lines, and the way to take it away."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from components import asked, downloads
from components.forms import plain
from components.front_door.ledger_workbooks import notes_of
from components.register_words import told
from components.tables import unit_names
from components.words import N_, language, number, t
from db import clock
from db.engine import current
from db.rules.ledgers import personal
from db.rules.permissions import Actor, Permission, Scope
from db.rules.problems import Problems
from db.services import units
from db.services.ledgers import contents, exports
from db.services.ledgers.asking import Choice
from db.services.ledgers.contents import Book

FIRST_ROWS = 20
_CUT = 60


def names_of(frame: pd.DataFrame) -> dict[str, str]:
    """Ledgers by code, as the office calls them, in the reader's language."""
    column = "name_en" if language() == "en" else "name"
    return {row["code"]: str(row[column] or row["name"]) for _, row in frame.iterrows()}


def ask(actor: Actor, names: dict[str, str]) -> tuple[str, Choice]:
    """Which ledger, days and unit: what the address says, drawn to be changed."""
    today = clock.today(current().settings.timezone)
    there = st.query_params.to_dict()
    code = there.get("ledger", "")
    code = code if code in names else next(iter(names))
    begins = asked.day_of(there.get("begins")) or date(today.year, 1, 1)
    ends = asked.day_of(there.get("ends")) or today
    every = units.units(actor)
    whole = actor.scope(Permission.LEDGERS_EXPORT) is Scope.ALL
    places = unit_names(every if whole else every[every["path"].str.startswith(actor.unit_path or "-")])
    with st.container(horizontal=True, vertical_alignment="bottom", key="ledger-asked"):
        more: dict[str, Any] = {"options": list(names), "format_func": lambda one: names[one], "width": 300}
        asked.widget(st.selectbox, "ledger", code, label=t("Ledger"), **more)
        for name, text, value in (("begins", t("From"), begins), ("ends", t("To"), ends)):
            asked.widget(st.date_input, name, value, label=text, format="YYYY-MM-DD", width=150)
        asked.any_of("unit_id", t("Unit"), places, asked.number_of(there.get("unit_id")))
    unit_id = asked.number_of(there.get("unit_id"))
    return code, Choice(begins=begins, ends=ends, unit_id=unit_id if unit_id in places else None)


def periods(choice: Choice) -> None:
    """The usual days at one press."""
    today = clock.today(current().settings.timezone)
    month = today.replace(day=1)
    known = {
        t("This month"): (month, today),
        t("Last month"): ((month - timedelta(days=1)).replace(day=1), month - timedelta(days=1)),
        t("This year"): (date(today.year, 1, 1), today),
        t("Last year"): (date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
    }
    with st.container(horizontal=True, key="ledger-days"):
        for n, (said, days) in enumerate(known.items()):
            st.button(
                said,
                key=f"ledger-days-{n}",
                type="tertiary",
                disabled=days == (choice.begins, choice.ends),
                on_click=_set_days,
                args=days,
            )


def show(actor: Actor, code: str, choice: Choice) -> None:
    """The first lines, how many there are, and the workbook."""
    try:
        book = contents.preview(actor, code=code, choice=choice, rows=FIRST_ROWS)
    except Problems as problems:
        for problem in problems.problems:
            st.markdown(f":red[:material/error: {plain(t(problem.message, **problem.values))}]")
        return
    _take(actor, choice, book)
    for note in notes_of(book, language()):
        st.caption(plain(note))
    if not book.lines:
        st.info(t("Nothing was kept in these days."), icon=":material/library_books:")
        return
    rows = [[_short(value) for value in row] for row in told(actor, book.fields, book.lines, language())]
    frame = pd.DataFrame(rows, columns=[t(field.heading) for field in book.fields], dtype=object)
    frame = frame.where(frame.notna(), None)
    alt = t("The first lines of the ledger")
    st.dataframe(frame, hide_index=True, width="stretch", key=f"ledger:{code}", placeholder="–", alt=alt)
    if book.total > len(book.lines):
        st.caption(t("The first {n} rows are shown here; the workbook holds all.", n=len(book.lines)))


def _take(actor: Actor, choice: Choice, book: Book) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="ledger-take"):
        total = number(min(book.total, book.most)) + ("+" if book.more else "")
        st.markdown(t("{n} rows", n=total) if book.total != 1 else t("1 row"), width="content")
        st.space("stretch")
        papers = {"A4": t("A4"), "A3": t("A3")}
        paper = st.segmented_control(
            t("Paper"),
            list(papers),
            default="A4",
            required=True,
            key="ledger-paper",
            label_visibility="collapsed",
            format_func=lambda one: papers[one],
        )
        said = N_("{n} rows exported.")
        fixed: dict[str, Any] = {"said": said, "code": book.code.value, "paper": paper or "A4"}
        downloads.export_button(t("Excel, masked"), exports.ask, key="ledger-export", choice=choice, **fixed)
        if actor.may(Permission.CASES_EXPORT_PLAIN) and personal(book.fields):
            clear = replace(choice, plain=True)
            downloads.export_button(t("Excel with names"), exports.ask, key="ledger-plain", choice=clear, **fixed)


def _short(value: object) -> object:
    """A long text by its beginning; the workbook holds all of it."""
    text = str(value) if isinstance(value, str) else ""
    return f"{text[:_CUT]}…" if len(text) > _CUT else value


def _set_days(begins: date, ends: date) -> None:
    st.query_params["begins"], st.query_params["ends"] = begins.isoformat(), ends.isoformat()
