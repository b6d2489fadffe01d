"""A unit's sheets: the total with its sum check, the lines of one period, and what each point rests on."""

import streamlit as st

from components import saved_by, score_cards, score_enter, score_records, score_sheet
from components.score_address import asked_for, chosen_period, open_board
from components.score_labels import named
from components.screens import enter
from components.words import t

actor = enter(__file__)
seen = asked_for(actor)
told = seen.told

with st.container(horizontal=True, vertical_alignment="center"):
    st.subheader(
        f"{named(told['unit'])} · {named({'name': seen.name, 'name_en': seen.name_en})} {seen.year}", anchor=False
    )
    st.space("stretch")
    score_records.compute_one(actor, told["assessed_unit_id"])
    if st.button(t("All units"), key="all-units", icon=":material/arrow_back:", type="tertiary"):
        open_board(seen.assessment_id)
if seen.own_unit and actor.may(score_enter.ENTER):
    st.info(t(score_enter.OWN_UNIT), icon=":material/balance:")
score_sheet.total(told)
saved_by.show(actor, "assessed_unit", told["assessed_unit_id"])

period = chosen_period(seen)
sheet = next((one for one in told["periods"] if one["code"] == period), None)
entries = [entry for entry in told["entries"] if entry["period"] == period]
lines = sheet["lines"] if sheet else told["total"]["lines"]
open_here = seen.may_enter and not (sheet and sheet["finished_at"])
# Each part in a place of its own: what comes and goes above must not move what is being typed below.
with st.container():
    if sheet is not None:
        score_sheet.period_head(sheet)
with st.container():
    if sheet and open_here:
        score_enter.grid(seen, period)
chosen = score_sheet.lines(lines, key=f"lines:{told['assessed_unit_id']}:{period}")
with st.container():
    if not sheet:
        score_sheet.measured(told)
st.subheader(t("What it rests on"), anchor=False)
with st.container():
    shown = [entry for entry in entries if (entry["item"] == chosen if chosen else not entry["computed"])]
    of_all = t("Typed entries; choose a line above to see what it rests on.")
    st.caption(t("Entries of the line chosen.") if chosen else of_all)
    if not shown:
        st.caption(t("Nothing is entered here yet."))
    for entry in shown:
        score_sheet.evidence(told, entry)
        if entry["computed"]:
            score_records.records(actor, entry["id"])
if open_here:
    score_enter.add(seen, period)
    score_enter.correct(seen, period, entries)
    score_enter.put_back(actor, seen, period)
if sheet and seen.may_enter:
    score_enter.finish(seen, sheet)
score_cards.show(actor, told["assessed_unit_id"], own=seen.own_unit)
with st.expander(t("Parts of the total"), icon=":material/functions:"):
    score_sheet.parts(told)
