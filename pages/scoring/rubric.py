"""One edition of a rubric: its items, parts and grades, to read or to draft, and what it says otherwise than others."""

import streamlit as st

from components import downloads, rubric_differences, rubric_frame, rubric_head, rubric_items, saved_by
from components.rubric_address import ask_part, asked_for
from components.screens import enter
from components.words import N_, language, t
from db.services.scoring import rubric_exports

actor = enter(__file__)
seen = asked_for(actor)

rubric_head.head(seen)
rubric_head.acts(actor, seen)
saved_by.show(actor, "score_rubric", seen.id)
rubric_head.faults(seen)
part = ask_part(seen)
if part == "items":
    rubric_items.show(seen)
elif part == "frame":
    rubric_frame.show(seen)
elif part == "grades":
    rubric_frame.grades(seen)
elif part == "ladder":
    rubric_frame.ladder(seen)
else:
    rubric_differences.show(actor, seen)

with st.container(horizontal=True, key="rubric-papers"):
    where = f"/print/rubric/{seen.id}?lang={language()}"
    st.link_button(t("Print"), where, icon=":material/print:")
    said = N_("{n} lines exported.")
    downloads.export_button(t("Export"), rubric_exports.ask_rubric, said=said, rubric_id=seen.id)
downloads.fetch_now()
