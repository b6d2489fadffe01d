"""One case: where it stands and whose turn it is, the next step in one button, and everything that happened."""

import streamlit as st

from components import (
    case_amend,
    case_body,
    case_clocks,
    case_disputes,
    case_file,
    case_gone,
    case_merged,
    case_papers,
    case_parts,
    case_print,
    case_steps,
    case_timeline,
    conference_panel,
    saved_by,
    supervision_panel,
)
from components.case_address import asked_for
from components.screens import enter
from components.words import t
from db.rules.permissions import Permission

actor = enter(__file__)
seen = asked_for(actor, case_merged.lies_elsewhere)

case_merged.just_now(actor, seen)
case_body.head(seen)
case_clocks.two_clocks(seen)
with st.container(horizontal=True, key="case-acts"):
    case_steps.buttons(seen)
    case_print.menu(actor, seen)
case_parts.first(seen)
kept = case_steps.drafts(actor, seen)
case_steps.step_form(actor, seen)
saved_by.told(seen.last_saved_at, seen.last_saved_by)

left, right = st.columns([3, 2], gap="large")
with left:
    case_body.matter(actor, seen)
    case_parts.panel(seen)
    st.subheader(t("Resident"), anchor=False)
    case_body.resident(actor, seen)
    case_merged.panel(actor, seen)
    case_body.answer(seen)
    case_body.extension(seen)
    case_body.after(seen)
    supervision_panel.show(actor, seen)
    conference_panel.show(actor, seen)
    st.subheader(t("Units"), anchor=False)
    case_body.units(seen)
    st.subheader(t("Files"), anchor=False)
    case_papers.attachments(actor, seen)
    st.subheader(t("Links"), anchor=False)
    case_papers.links(seen)
    case_disputes.disputes(actor, seen)
with right:
    st.subheader(t("What happened"), anchor=False)
    case_timeline.timeline(actor, seen)

with st.expander(t("All clocks"), icon=":material/timer:", key="all-clocks", on_change="rerun") as part:
    if part.open:
        case_clocks.all_clocks(seen)
case_file.show(actor, seen)
if seen.may_edit:
    began = f"case.amend:{seen.id}" in kept
    with st.expander(t("Correct the record"), began, icon=":material/edit:", key="amend", on_change="rerun") as part:
        if part.open:
            case_amend.amend_form(actor, seen)
case_merged.tidy(actor, seen, kept)
if actor.may(Permission.CASES_BIN) and seen.fields["open"]:
    began = f"case.bin:{seen.id}" in kept
    with st.expander(t("Put into the bin"), began, icon=":material/delete:", key="to-bin", on_change="rerun") as part:
        if part.open:
            case_gone.to_bin(actor, seen)
with st.expander(t("Who may see it and who has"), icon=":material/visibility:"):
    case_papers.access(actor, seen)
