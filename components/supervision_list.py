"""Supervision notices as a list: tabs with their counts, days left, a click that opens the matter, drafts ticked."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from components import asked
from components.case_address import open_case
from components.case_texts import unit_of
from components.due_rows import TALL_FROM, clicked, fitting, left_column, time_left
from components.forms import mark_problem, press
from components.grid_state import revision
from components.shown_lists import every_page, export_shown
from components.supervision_labels import label, labels
from components.words import number, t
from db.engine import current
from db.rules.permissions import Actor, Permission
from db.services import listing
from db.services.duty.rows import records
from db.services.listing import Page
from db.services.records import Saved
from db.services.supervision import drafting, issuing, lists
from db.services.supervision.lists import Tab


def offer_drafts(actor: Actor, *, key: str) -> None:
    """How many overdue matters have no notice yet, and the button that drafts one for each."""
    if not actor.may(Permission.CASES_SUPERVISE):
        return
    count = drafting.without_notice(actor)
    if not count:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"offer-{key}"):
        said = t("{n} overdue matters have no supervision notice.", n=number(count))
        st.markdown(said if count != 1 else t("1 overdue matter has no supervision notice."), width="stretch")
        press("supervision.draft_overdue", t("Draft them") if count != 1 else t("Draft it"), drafting.draft_overdue,
              record=key, icon=":material/edit_document:")  # fmt: skip


def ask_tab(actor: Actor, tab: Tab) -> None:
    """The tabs this person has to do with, each with how many stand under it."""
    found = lists.counts(actor)
    names = labels("tab")
    shown = {
        code.value: f"{names[code]} ({found[code]})" if found.get(code) else names[code] for code in tabs_of(actor)
    }
    asked.ask_tab(shown, tab.value)


def tabs_of(actor: Actor) -> list[Tab]:
    """Drafts are nothing a unit knows of."""
    return [tab for tab in Tab if tab is not Tab.TO_ISSUE or actor.may(Permission.CASES_SUPERVISE)]


def first_tab(actor: Actor) -> Tab:
    """What this person looks for first: drafts for who issues them, else what waits for an answer."""
    return Tab.TO_ISSUE if actor.may(Permission.CASES_SUPERVISION_ISSUE) else Tab.WAITING


def show(actor: Actor, tab: Tab, page: Page) -> None:
    """The rows, to be ticked and issued where they are drafts and this person issues."""
    if page.rows.empty:
        _nothing(tab)
        return
    _export(actor, tab, page)
    if tab is Tab.TO_ISSUE and actor.may(Permission.CASES_SUPERVISION_ISSUE):
        _to_issue(page.rows)
    else:
        told = _told(page.rows, tab)
        place = clicked(told, _columns(told, tab), key=f"notices-{tab}", alt=_alt())
        if place is not None:
            open_case(int(page.rows["case_id"].iloc[place]))


def ask_page(tab: Tab, page: Page) -> None:
    """Which page of the list."""
    asked.ask_page(listing.Choice(tab=tab), page.page, page.pages)


def _export(actor: Actor, tab: Tab, page: Page) -> None:
    """All pages of the tab as shown."""

    def told() -> pd.DataFrame:
        return every_page(lambda n: lists.notices(actor, tab=tab, page=n), lambda rows: _told(rows, tab))

    about = [(t("List"), label("tab", tab))]
    export_shown("supervision", t("Supervision notices"), told, _columns(_told(page.rows, tab), tab), about=about)


def _to_issue(rows: pd.DataFrame) -> None:
    """Drafts to be ticked; a click on a cell opens the matter, where each can be read and changed."""
    told = _told(rows, Tab.TO_ISSUE)
    columns = _columns(told, Tab.TO_ISSUE)
    chosen = st.dataframe(
        told[list(columns)],
        hide_index=True,
        column_config=columns,
        on_select="rerun",
        selection_mode=["multi-row", "single-cell"],
        key=f"drafts:{revision(rows.set_index('id'))}",
        alt=_alt(),
        placeholder="–",
        height="content" if len(told) <= TALL_FROM else 560,
    )
    if chosen.selection.cells:
        open_case(int(rows["case_id"].iloc[chosen.selection.cells[0][0]]))
    ticked = [records(rows)[place] for place in chosen.selection.rows if place < len(rows)]
    said = t("Issue {n} notices", n=len(ticked)) if len(ticked) != 1 else t("Issue 1 notice")
    saved = press(
        "supervision.issue_many",
        said if ticked else t("Tick drafts to issue them"),
        issuing.issue_many,
        main=bool(ticked),
        disabled=not ticked,
        icon=":material/send:",
        rows={int(row["id"]): int(row["version"]) for row in ticked},
    )
    if saved is not None:
        _outcome(saved)


def _outcome(saved: Saved) -> None:
    """What became of the ticked drafts."""
    if saved.saved:
        said = t("{n} notices issued.", n=len(saved.saved)) if len(saved.saved) != 1 else t("1 notice issued.")
        st.success(said, icon=":material/check:")
    if saved.conflicts:
        st.warning(t("Somebody changed a draft first. Look at what stands now, then issue it."))
    for problems in saved.rejected.values():
        for problem in problems.problems:
            mark_problem(problem)


def _nothing(tab: Tab) -> None:
    said = {
        Tab.TO_ISSUE: t("No draft waits to be issued."),
        Tab.WAITING: t("No notice waits for an answer."),
        Tab.ANSWERED: t("No answer waits to be looked at."),
        Tab.ALL: t("No supervision notice yet."),
    }[tab]
    st.info(said, icon=":material/notification_important:")


def _alt() -> str:
    return t("Supervision notices; press Enter on one to open its matter")


def _told(rows: pd.DataFrame, tab: Tab) -> pd.DataFrame:
    """Codes as words, days as what is left of them: of a draft the matter's, told only where they are called so."""
    told = rows.assign(unit=[unit_of(row) for row in records(rows)])
    silent = rows["days_left"].isna() | ((rows["state"] == "draft") & (tab is not Tab.TO_ISSUE))
    told["left"] = [[] if nothing else words for words, nothing in zip(time_left(rows), silent, strict=True)]
    for name in ("state", "why"):
        told[name] = [label(name, code) for code in rows[name]]
    zone = current().settings.timezone
    for name in ("issued_at", "answered_at"):
        told[name] = [None if pd.isna(at) else pd.Timestamp(at).tz_convert(zone).tz_localize(None) for at in rows[name]]
    return told


def _columns(told: pd.DataFrame, tab: Tab) -> Mapping[str, Any]:
    config = st.column_config
    left = left_column(told)
    left["label"] = t("Matter overdue") if tab is Tab.TO_ISSUE else t("Answer wanted")
    known: dict[str, Any] = {
        "number": config.TextColumn(t("Number"), width=112),
        "state": config.TextColumn(t("State"), width=145),
        "left": left,
        "unit": config.TextColumn(t("Unit"), width=fitting(told["unit"], 110, 170)),
        "case": config.TextColumn(t("Matter"), width=112),
        "subject": config.TextColumn(t("Subject"), width=200),
        "why": config.TextColumn(t("Why supervised"), width=fitting((*told["why"], t("Why supervised")), 100, 140)),
        "issued_at": config.DatetimeColumn(t("Issued on"), format="YYYY-MM-DD", width=105),
        "answer_by": config.DateColumn(t("Answer by"), format="YYYY-MM-DD", width=105),
        "answered_at": config.DatetimeColumn(t("Answered on"), format="YYYY-MM-DD", width=105),
        "days": config.NumberColumn(t("Days taken"), width=95),
    }
    if tab is Tab.TO_ISSUE and told["answer_by"].isna().all():
        known["subject"]["width"] = 245
        del known["answer_by"]
    return {name: known[name] for name in _SHOWN[tab] if name in known}


_SHOWN: Mapping[Tab, tuple[str, ...]] = {
    Tab.TO_ISSUE: ("left", "unit", "case", "subject", "why", "answer_by"),
    Tab.WAITING: ("number", "left", "unit", "case", "subject", "answer_by", "issued_at", "why"),
    Tab.ANSWERED: ("number", "unit", "case", "subject", "issued_at", "answered_at", "days"),
    Tab.ALL: ("number", "state", "left", "unit", "case", "subject", "why", "issued_at", "answered_at", "days"),
}
