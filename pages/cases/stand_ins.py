"""Stand-ins: who acts for a handler who is away, and handing everything open over to somebody else."""

import streamlit as st

from components import stand_ins, undo_bar
from components.screens import enter
from components.words import t

actor = enter(__file__)
st.caption(
    t(
        "A stand-in sees and handles the cases of who is away and signs nothing in their place. Both names stand in "
        "the timeline. It ends by itself after the last day."
    )
)
undo_bar.undo_bar(actor)
stand_ins.arranged(actor)
arranging, handing = (name in st.query_params for name in (stand_ins.PERSON, stand_ins.FROM))
with st.expander(
    t("Arrange a stand-in"), arranging, icon=":material/person_add:", key="new-stand-in", on_change="rerun"
) as part:
    if part.open:
        stand_ins.new(actor)
with st.expander(
    t("Hand open cases over"), handing, icon=":material/move_up:", key="hand-over", on_change="rerun"
) as part:
    if part.open:
        stand_ins.hand_over(actor)
stand_ins.over(actor)
