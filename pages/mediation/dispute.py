"""One dispute: where it stands and how long is left, the next thing in one button, and its file in parts."""

import streamlit as st

from components import (
    dispute_agreement,
    dispute_drafts,
    dispute_file,
    dispute_head,
    dispute_history,
    dispute_matter,
    dispute_mediators,
    dispute_obligations,
    dispute_parties,
    dispute_print,
    dispute_sessions,
    dispute_sheet,
    dispute_steps,
    dispute_visits,
    saved_by,
)
from components.dispute_address import asked_for, chosen_part
from components.screens import enter

actor = enter(__file__)
seen = asked_for(actor)
dispute_sheet.open_asked(seen)

with st.container(gap="small", key="dispute-top"):
    dispute_head.head(actor, seen)
    dispute_head.clocks(seen)
    dispute_head.way(seen)
with st.container(horizontal=True, vertical_alignment="center", key="dispute-acts"):
    dispute_head.acts(seen)
    dispute_print.menu(actor, seen)
    dispute_head.care(seen)
with st.container(key="dispute-drafts"):
    dispute_drafts.offered(actor, seen)
dispute_steps.open_form(actor, seen)
dispute_matter.matter(actor, seen)

with st.container(key="dispute-part"):
    match chosen_part(seen):
        case "parties":
            dispute_parties.show(actor, seen)
        case "mediators":
            dispute_mediators.show(actor, seen)
        case "sessions":
            dispute_sessions.show(actor, seen)
        case "agreement":
            dispute_agreement.show(actor, seen)
        case "performance":
            dispute_obligations.show(actor, seen)
        case "follow_up":
            dispute_visits.show(actor, seen)
        case "file":
            dispute_file.show(actor, seen)
        case "history":
            dispute_history.show(actor, seen)
saved_by.told(seen.last_saved_at, seen.last_saved_by)
