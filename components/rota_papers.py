"""What leaves a rota: the notice to print, as Word or Excel, and the grid with its counts as a workbook."""

from urllib.parse import urlencode

import streamlit as st

from components import downloads
from components.rota_labels import period
from components.words import N_, language, t
from db.documents.rota_table import Layout
from db.services.duty import exports, notices
from db.services.duty.notices import Part
from db.services.duty.rotas import RotaView

SET_OUT = {"": N_("As fits best"), Layout.DAYS: N_("Days one under another"), Layout.CALENDAR: N_("Calendar of weeks")}


def show(seen: RotaView) -> None:
    """The menu of the notice and the export, for everybody who sees the rota."""
    if seen.places.empty:
        return
    with st.popover(t("Print"), icon=":material/print:", key=f"rota-print-{seen.id}"):
        part = _part(seen)
        layout = st.segmented_control(
            t("Set out"),
            list(SET_OUT),
            format_func=lambda code: t(SET_OUT[code]),
            default="",
            required=True,
            key=f"rota-print-layout-{seen.id}",
        )
        numbers = seen.may_plan and st.toggle(t("With members' telephone numbers"), key=f"rota-print-numbers-{seen.id}")
        for kind, said in (("docx", t("Notice as Word")), ("xlsx", t("Notice as Excel"))):
            asked = {"as": kind, "from": part.from_on.isoformat(), "layout": layout or "", "lang": language()}
            asked |= {"numbers": "1"} if numbers else {}
            where = f"/duty-notice/{seen.id}?{urlencode(asked)}"
            st.link_button(said, where, icon=":material/description:", width="stretch", key=f"rota-{kind}-{seen.id}")
        st.caption(t("One page of A4, as things stand today; changes after publishing are marked with a star."))
        if numbers:
            st.caption(t("Looking at telephone numbers is noted in the journal."))
    downloads.export_button(
        t("Export"), exports.ask_rota, key=f"rota-export-{seen.id}", said=N_("{n} people exported."), rota_id=seen.id
    )


def _part(seen: RotaView) -> Part:
    """All of a short rota, the month chosen of a longer one."""
    parts = notices.parts_of(seen.from_on, seen.until_on)
    if len(parts) == 1:
        return parts[0]
    chosen = st.selectbox(
        t("Month"),
        range(len(parts)),
        format_func=lambda place: period(parts[place].from_on, parts[place].until_on),
        key=f"rota-print-part-{seen.id}",
    )
    return parts[chosen]
