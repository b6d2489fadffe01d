"""One rota: how good it is, people by days, who serves where, what is open and why, publishing and changes on top."""

import streamlit as st

from components import (
    downloads,
    rota_changes,
    rota_counts,
    rota_grid,
    rota_head,
    rota_open,
    rota_papers,
    rota_placing,
    rota_replan,
    rota_search,
    saved_by,
)
from components.rota_address import asked_for
from components.screens import enter
from components.words import t

actor = enter(__file__)
seen = asked_for(actor)

rota_head.head(seen)
rota_head.score(seen)
with st.container(horizontal=True, vertical_alignment="center", key="rota-acts"):
    rota_search.again(actor, seen)
    rota_head.publish(actor, seen)
    rota_head.discard(seen)
    rota_papers.show(seen)
saved_by.show(actor, "rota", seen.id)
rota_head.note(actor, seen)
rota_head.renewal(seen)
rota_search.show(actor, seen)
rota_replan.show(actor, seen)

with st.container(key="rota-body"):
    if seen.places.empty:
        st.info(t("This period needs no place at all. Look at the duty's needs."), icon=":material/event_available:")
    elif seen.may_plan and not rota_changes.is_original(seen):
        rota_placing.show(actor, seen)
    rota_grid.show(actor, seen)

gaps, broken, counts, changes = st.tabs(
    [
        t("Open places ({n})", n=seen.score.open),
        t("Broken rules ({n})", n=seen.score.broken),
        t("Counts"),
        t("Changes ({n})", n=len(seen.changes)),
    ]
)
with gaps:
    rota_open.open_places(actor, seen)
with broken:
    rota_open.broken_rules(seen)
with counts:
    rota_counts.show(seen)
with changes:
    rota_changes.show(actor, seen)
downloads.fetch_now()
