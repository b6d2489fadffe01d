"""Correcting what a case says: the earlier words stay in the timeline."""

import streamlit as st

from components.case_labels import code_labels, labels
from components.kept_forms import KeptForm
from components.words import t
from db.rules.permissions import Actor
from db.services import cases
from db.services.cases import CaseView


def amend_form(actor: Actor, seen: CaseView) -> None:
    """The words of the case to be corrected; who saves second sees both versions."""
    says = seen.fields
    st.caption(t("The earlier words stay readable in the timeline."))
    name, number = t("Correct the record"), str(says["number"])
    with KeptForm("case.amend", record=seen.id, version=seen.version, subject=number, label=name) as form:
        form.text("subject", t("Subject"), str(says["subject"]), max_chars=200)
        form.area("text", t("What was said"), str(says["text"]), height=160)
        form.area("request", t("What is asked for"), str(says["request"]))
        left, right = st.columns(2)
        with left:
            form.text("place", t("Place"), str(says["place"]))
            form.choose("category", t("Category"), code_labels(actor, "category"), says["category"])
        with right:
            form.text("since", t("Since when"), str(says["since"]))
            form.choose("grade", t("Grade"), labels("grade"), says["grade"])
        form.area("next_step", t("Agreed next step"), str(says["next_step"]), height=68)
        form.area("note", f"{t('Note')} · {t('internal')}", str(says["note"]), height=80)
        form.submit(t("Save the correction"), _amend, case_id=seen.id)


def _amend(actor: Actor, *, case_id: int, version: int, key: str, **values: object) -> int:
    return cases.amend(actor, case_id=case_id, version=version, values=values, key=key)
