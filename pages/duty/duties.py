"""The duties: what each is, its posts, shifts, needs and people, leave, pairs, special periods, and missing marks."""

import streamlit as st

from components import (
    downloads,
    duty_gaps,
    duty_history,
    duty_leave,
    duty_list,
    duty_needs,
    duty_parts,
    duty_people,
    duty_rules,
    saved_by,
)
from components.screens import enter
from db.rules.permissions import Permission

actor = enter(__file__)
manages = actor.may(Permission.DUTY_MANAGE)
seen = duty_list.asked_for(actor)

if seen is None:
    shown = duty_list.overview(actor, manages=manages)
    if manages:
        duty_list.preset_form(actor, expanded=shown.empty)
        duty_list.add_form(actor)
    st.stop()

duty_rules.head(actor, seen)
saved_by.show(actor, "duty", seen.id)
part = duty_list.ask_part(seen)
if part == "rules":
    duty_rules.show(actor, seen)
elif part == "posts":
    duty_parts.show_posts(seen)
elif part == "shifts":
    duty_parts.show_shifts(seen)
elif part == "needs":
    duty_needs.show(actor, seen)
elif part == "people":
    duty_people.show(actor, seen)
elif part == "leave":
    duty_leave.show(actor, seen)
elif part == "gaps":
    duty_gaps.show(actor, seen)
elif part == "served":
    duty_history.of_duty(actor, seen)
elif part == "pairs":
    duty_people.show_pairs(actor, seen)
else:
    duty_parts.show_periods(seen)
downloads.fetch_now()
