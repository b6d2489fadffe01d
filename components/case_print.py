"""The sheets a case can be printed as; each opens in a tab of its own and is journalled."""

import streamlit as st

from components.case_labels import label
from components.words import language, t
from db.rules.permissions import Actor, Permission
from db.services.cases import CaseView
from db.services.sheets import Sheet


def menu(actor: Actor, seen: CaseView) -> None:
    """Every sheet there is something to put on, in the reader's language."""
    with st.popover(t("Print"), icon=":material/print:", key=f"print-{seen.id}"):
        for sheet in Sheet:
            if _is_ready(seen, sheet):
                _link(sheet, seen.id)
        if actor.may(Permission.INTAKE_REGISTER):
            _link("receipt", seen.id)


def _is_ready(seen: CaseView, sheet: Sheet) -> bool:
    needed = {Sheet.ACCEPTANCE: "accepted_on", Sheet.REPLY: "answered_on", Sheet.TRANSFER: "transferred_on"}
    return sheet not in needed or seen.fields[needed[sheet]] is not None


def _link(sheet: str, case_id: int) -> None:
    where = f"/print/{sheet}/{case_id}?lang={language()}"
    st.link_button(label("sheet", sheet), where, icon=":material/open_in_new:", width="stretch", key=f"to-{sheet}")
