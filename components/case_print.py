"""The sheets and Word forms a case can be printed as; every one is journalled."""

import streamlit as st

from components.case_labels import label
from components.words import day, language, t
from db.rules.permissions import Actor, Permission
from db.services.cases import CaseView, papers
from db.services.cases.papers import Offer
from db.services.sheets import Sheet


def menu(actor: Actor, seen: CaseView) -> None:
    """Every sheet and form there is something to put on; they are looked for when the menu is opened."""
    with st.popover(t("Print"), icon=":material/print:", key=f"print-{seen.id}", on_change="rerun") as part:
        if part.open:
            _sheets(actor, seen)
            _forms(actor, seen)


def _sheets(actor: Actor, seen: CaseView) -> None:
    st.caption(t("Pages to print"))
    for sheet in Sheet:
        if _is_ready(seen, sheet):
            _link(sheet, seen.id)
    if actor.may(Permission.INTAKE_REGISTER):
        _link("receipt", seen.id)


def _forms(actor: Actor, seen: CaseView) -> None:
    """The Word forms, with names for those who may see them and say so."""
    st.caption(t("Word forms"))
    may = seen.may_unmask and actor.may(Permission.CASES_UNMASK)
    names = may and st.toggle(t("With names (journalled)"), key=f"with-names-{seen.id}")
    for offer in papers.offers(actor, case_id=seen.id):
        form_link(seen.id, offer, names=names)


def form_link(case_id: int, offer: Offer, *, names: bool = False) -> None:
    """One form of one case, in the reader's language."""
    of = f"&of={offer.of}" if offer.of is not None else ""
    where = f"/case-document/{offer.form.code}?case={case_id}{of}{'&identities=1' if names else ''}"
    zh = language() == "zh"
    said = (offer.form.zh if zh else offer.form.en, (offer.unit if zh else offer.unit_en) or offer.unit)
    told = " · ".join(part for part in (*said, day(offer.on) if offer.on else "") if part)
    key = f"to-{offer.form.code}-{offer.of}"
    st.link_button(told, where, type="tertiary", icon=":material/description:", key=key)


def _is_ready(seen: CaseView, sheet: Sheet) -> bool:
    needed = {Sheet.ACCEPTANCE: "accepted_on", Sheet.REPLY: "answered_on", Sheet.TRANSFER: "transferred_on"}
    return sheet not in needed or seen.fields[needed[sheet]] is not None


def _link(sheet: str, case_id: int) -> None:
    where = f"/print/{sheet}/{case_id}?lang={language()}"
    st.link_button(label("sheet", sheet), where, type="tertiary", icon=":material/open_in_new:", key=f"to-{sheet}")
