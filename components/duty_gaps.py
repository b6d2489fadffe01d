"""What is missing of the last weeks' shifts: starts, ends, uniforms, hand-over notes; listed, never filled in."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import streamlit as st

from components import downloads
from components.case_labels import code_labels
from components.duty_labels import in_words
from components.tables import table
from components.words import N_, day, moment, t
from db import clock
from db.engine import current
from db.rules.duty.attending import Gap
from db.rules.permissions import Actor
from db.services.duty import exports, gaps
from db.services.duty.describing import DutyView

BACK = timedelta(days=31)
WHAT: Mapping[str, str] = {
    Gap.OPEN: N_("Nobody served"),
    Gap.NO_START: N_("No start marked"),
    Gap.NO_END: N_("No end marked"),
    Gap.NO_UNIFORM: N_("Uniform not worn in full"),
    Gap.NO_NOTE: N_("No hand-over note"),
    Gap.UNREAD: N_("Hand-over note not read"),
}


def show(actor: Actor, seen: DutyView) -> None:
    """The gaps since some day: everybody's for who plans or describes the duty, otherwise one's own."""
    today = clock.today(current().settings.timezone)
    since = st.date_input(t("From"), today - BACK, format="YYYY-MM-DD", key="gaps:since", width=170) or today - BACK
    found = in_words(gaps.gaps(actor, duty_id=seen.id, from_on=since, until_on=today))
    if found.empty:
        st.success(t("Nothing is missing of the shifts since this day."), icon=":material/check:")
        return
    roles = code_labels(actor, "duty_role")
    columns = {"on_day": t("Day"), "what": t("Missing"), "member": t("Name"), "post": t("Post"), "shift": t("Shift")}
    shows: dict[str, Callable[[Any], object]] = {"on_day": day, "at": moment, "what": lambda code: t(WHAT[code])}
    shows |= {"role": lambda code: roles.get(code, code)}
    table(found, columns | {"role": t("Role"), "at": t("Due at")}, shows=shows, key="gaps")
    st.caption(t("What was not marked stays missing; nobody fills it in afterwards."))
    downloads.export_button(
        t("Export"),
        exports.ask_gaps,
        key="gaps-export",
        said=N_("{n} missing marks exported."),
        duty_id=seen.id,
        from_on=since,
        until_on=today,
    )
