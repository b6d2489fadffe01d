"""What somebody began and did not finish: to go on with or to throw away."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import streamlit as st

from components import (
    briefing_address,
    case_bulk,
    data_request_list,
    dispute_open,
    grids,
    intake_draft,
    meeting_address,
    merge_preview,
    rubric_address,
    score_address,
    stand_ins,
    works_address,
)
from components.account import current_actor
from components.case_address import open_case
from components.case_step_state import PREFIX
from components.forms import plain
from components.kept_forms import CONTINUED
from components.screens import PAGES, screen_at
from components.words import moment, t
from db.rules.permissions import Actor, Permission
from db.services import cases, intake
from db.services.cases import Choice, Tab

MOST = 8
OF_DISPUTE = "dispute:"
OF_CASE = ("case.amend", "case.bin", "case.split", "case.merge")
# Where the form of a draft stands: its page, and the address there, None for a form of another page.
WAYS: Mapping[str, Callable[[str], Mapping[str, str] | None]] = {
    "pages/scoring/works.py": works_address.address_of_draft,
    "pages/scoring/sheet.py": score_address.address_of_draft,
    "pages/scoring/rubric.py": rubric_address.address_of_draft,
    "pages/briefings/briefing.py": briefing_address.address_of_draft,
    "pages/cases/stand_ins.py": stand_ins.address_of_draft,
    "pages/cases/merge.py": merge_preview.address_of_draft,
    data_request_list.PAGE: data_request_list.address_of_draft,
    "pages/meetings/meetings.py": meeting_address.address_of_draft,
}


def show(actor: Actor) -> None:
    """What I began and did not finish: to go on with or to throw away."""
    rows = intake.drafts(actor)
    if rows.empty:
        return
    st.subheader(t("My drafts"), anchor=False)
    for row in rows.head(MOST).to_dict("records"):
        _line(actor, str(row["form"]), str(row["subject"]), str(row["label"]), row["saved_at"])
    if len(rows) > MOST:
        with st.expander(t("Older drafts")):
            for row in rows.tail(-MOST).to_dict("records"):
                _line(actor, str(row["form"]), str(row["subject"]), str(row["label"]), row["saved_at"])


def _line(actor: Actor, form: str, subject: str, label: str, saved_at: datetime) -> None:
    """What it is and when it was kept, the way into its form, and the way to be rid of it."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"draft-{form}-{subject}"):
        taking_in = form == intake_draft.FORM
        what = label or (t("Take in a matter") if taking_in else form)
        about = "" if taking_in or not subject else f" · {subject}"
        kept = t("kept {time}", time=moment(saved_at))
        st.markdown(f"{plain(what)}{plain(about)}  \n:gray[{plain(kept)}]", width="stretch")
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            if st.button(t("Continue"), key=f"go-on-{form}-{subject}"):
                _continue(actor, form, subject)
            st.button(
                t("Discard"),
                key=f"discard-{form}-{subject}",
                type="tertiary",
                on_click=_discard,
                args=(form, subject),
            )


def _continue(actor: Actor, form: str, subject: str) -> None:
    draft = intake.draft_of(actor, form=form, subject=subject)
    where: Any = {} if draft is None else draft.content.get("where", {})
    if draft is not None:
        st.session_state[CONTINUED] = draft.key
    if behind := where.get("open"):
        st.session_state[behind] = True
    if form == intake_draft.FORM:
        st.switch_page("pages/intake/take_in.py", query_params={"draft": subject})
    if form.startswith(grids.FORM):
        _continue_where_it_was(where)
    name, _, record = form.partition(":")
    if name == dispute_open.FORM:
        st.switch_page("pages/mediation/open.py", query_params={"case": record} if record else None)
    if form.startswith(OF_DISPUTE):
        _, dispute_id, kept = form.split(":", 2)
        st.switch_page("pages/mediation/dispute.py", query_params={"id": dispute_id, "form": kept})
    for page, address_of in WAYS.items():
        if (address := address_of(form)) is not None:
            st.switch_page(page, query_params=dict(address))
    if (address := case_bulk.address_of_draft(actor, form)) is not None:
        st.switch_page("pages/cases/register.py", query_params=dict(address))
    if name in OF_CASE and record.isdecimal():
        open_case(int(record))
    _continue_where_it_was(where)
    if form.startswith(PREFIX) and actor.may(Permission.CASES_READ):
        found = cases.register(actor, choice=Choice(tab=Tab.ALL, text=subject)).rows
        for case_id in found.loc[found["number"] == subject, "id"]:
            open_case(int(case_id))
    st.info(t("This does not exist, or it is not yours to see."))


def _continue_where_it_was(where: Mapping[str, Any]) -> None:
    """To the address at which it was typed, which every kept form writes down."""
    if (screen := screen_at(str(where.get("screen", "")))) is not None:
        st.switch_page(PAGES / screen.file, query_params=where["query"])


def _discard(form: str, subject: str) -> None:
    actor = current_actor()
    if actor is not None:
        intake.drop_draft(actor, form=form, subject=subject)
