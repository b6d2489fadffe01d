"""Published results: all of them, one with its ranks and papers, or a unit's frozen sheet in it."""

import streamlit as st

from components import downloads, result_appeals, result_board, result_list, result_sheet
from components.result_address import asked_for, open_list, sheet_asked_for
from components.score_labels import names_in
from components.screens import enter
from components.words import t
from db.services.scoring import appeals

actor = enter(__file__)
seen = asked_for(actor)
if seen is None:
    result_list.show(actor)
    downloads.fetch_now()
    st.stop()

if st.button(t("All results"), key="all-results", icon=":material/arrow_back:", type="tertiary"):
    open_list()
result_board.head(seen)
told = sheet_asked_for(actor, seen)
if told is not None:
    result_sheet.show(actor, seen, told)
    st.stop()

result_board.papers(seen)
found = (
    appeals.appeals(actor, publication_ids=list(seen.editions.values())) if result_board.sees_appeals(actor) else None
)
names = {"ranks": t("Ranks")} | ({"pieces": t("What totals are made of")} if result_board.has_pieces(seen) else {})
names |= {"over_time": t("Ranks over time")}
names |= (
    {"differences": t("What differs ({n})", n=len(seen.document["differences"]))}
    if seen.document["differences"]
    else {}
)
names |= {"appeals": t("Appeals ({n})", n=len(found))} if found is not None else {}
tabs = dict(zip(names, st.tabs(list(names.values())), strict=True))
with tabs["ranks"]:
    result_board.table(seen)
if "pieces" in tabs:
    with tabs["pieces"]:
        result_board.made_of(seen)
with tabs["over_time"]:
    result_board.over_time(actor, seen)
if "differences" in tabs:
    with tabs["differences"]:
        result_board.differences(seen)
if found is not None:
    with tabs["appeals"]:
        result_appeals.show(found, names_in(seen.document["rubric"]))
downloads.fetch_now()
