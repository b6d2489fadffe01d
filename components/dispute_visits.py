"""Follow-up visits: who makes them, what they found."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from components import dispute_mediators
from components.case_texts import fact
from components.dispute_labels import label, labels
from components.dispute_sheet import ask, closing, is_open, menu, opener, sheet
from components.dispute_texts import LINE
from components.forms import plain
from components.kept_forms import KeptForm
from components.words import day, t
from db.rules.mediation.words import State
from db.rules.permissions import Actor
from db.services.mediation import visits
from db.services.mediation.read import DisputeView


def show(actor: Actor, seen: DisputeView) -> None:
    """Who follows up, and every visit."""
    if seen.agreement is None and seen.fields["state"] != State.AGREED and not seen.visits:
        st.info(t("A follow-up visit comes after the agreement: is it performed, are the parties content?"))
        return
    dispute_mediators.visitor(actor, seen)
    may_add = seen.may_visit and seen.fields["state"] == State.AGREED
    with st.container(key=f"visit-new-{seen.id}"):
        if is_open(seen.id, "visit") and may_add:
            with sheet(seen, t("Record the follow-up"), "visit"):
                _form(seen)
        elif may_add:
            opener(seen, t("Record the follow-up"), "visit", icon=":material/edit_note:")
    if not seen.visits:
        st.info(t("No follow-up yet. It is made by somebody who never mediated this file."))
    for row in seen.visits:
        _row(seen, row)


def _row(seen: DisputeView, row: Mapping[str, Any]) -> None:
    with st.container(border=True, key=f"visit-{row['id']}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", key=f"visit-head-{row['id']}"):
            who = " · ".join(plain(part) for part in (label("how", row["how"]), row["person"]) if part)
            st.markdown(f"**{plain(day(row['visited_on']))}** :gray[{who}]", width="stretch")
            if seen.may_visit:
                menu(seen, {"remove_visit": t("Take out of the file")}, row["id"], of="visit")
        badges = [(label("visit_performance", row["performance"]), "blue")]
        badges += [(label("satisfaction", row["satisfaction"]), "gray")] if row["satisfaction"] else []
        badges += [(t("Went to court later"), "orange")] if row["court_case"] else []
        badges += [(t("Signs of recurrence"), "orange")] if row["recurrence"] else []
        st.markdown(" ".join(f":{colour}-badge[{plain(name)}]" for name, colour in badges))
        for name, words in ((t("Why the visit was made"), row["reason"]), (t("What was found"), row["words"])):
            if words:
                st.markdown(fact(name, words))
        with st.container(key=f"visit-forms-{row['id']}"):
            if is_open(seen.id, "remove_visit", row["id"]):
                question = t("Take this out of the file? It can be put back under “What happened”.")
                which = {"dispute_id": seen.id, "visit_id": int(row["id"]), "version": int(row["version"])}
                answer = t("Take out of the file")
                ask(seen, question, answer, visits.remove_visit, "remove_visit", row["id"], **which)


def _form(seen: DisputeView) -> None:
    """The fields of form 14."""
    number = str(seen.fields["number"])
    with KeptForm(f"dispute:{seen.id}:visit", border=False, subject=number, label=t("Follow-up")) as form:
        left, right = st.columns(2)
        with left:
            form.day("visited_on", t("Visited on"), seen.today, max_value=seen.today)
            form.choose("how", t("How"), labels("how"), "in_person")
            form.text("reason", t("Why the visit was made"), max_chars=LINE)
        with right:
            form.choose("performance", t("How the agreement is performed"), labels("visit_performance"))
            form.choose("satisfaction", t("What the parties say"), labels("satisfaction"))
            form.tick("court_case", t("It went to court later"))
            form.tick("recurrence", t("There are signs of recurrence"))
        form.area("words", t("What was found"), height=160)
        form.submit(t("Save the follow-up"), closing(seen.id, visits.add_visit), dispute_id=seen.id)
