"""The journal: who changed or looked at what, when and from where; and whether it still holds together."""

import streamlit as st

from components.screens import enter
from components.shown_lists import export_shown
from components.tables import table
from components.words import moment, number, t
from db.rules.journal_words import EVENTS, TABLES
from db.services import journal

actor = enter(__file__)
st.caption(t("What residents said is not kept here, only a digest that shows whether it changed."))

if st.button(t("Verify the journal"), icon=":material/verified:", key="journal:verify"):
    bar = st.progress(0.0)
    verdict = journal.verify(actor, progress=lambda done, total: bar.progress(done / max(total, 1)))
    bar.empty()
    if verdict.sound:
        counts = {"rows": number(verdict.rows), "anchors": number(verdict.anchors)}
        st.success(t("{rows} rows follow from one another and {anchors} heads kept outside still stand.", **counts))
    else:
        st.error(f"{t('Row {seq}:', seq=verdict.seq)} {t(verdict.why)}")

people = journal.writers(actor)
one, two, three = st.columns(3)
since = one.date_input(t("From"), value=None, format="YYYY-MM-DD", key="journal:since")
until = one.date_input(t("To"), value=None, format="YYYY-MM-DD", key="journal:until")
person = two.selectbox(
    t("Person"),
    list(people),
    index=None,
    format_func=lambda p: people[p],
    placeholder=t("All"),
    key="journal:person",
)
event = two.selectbox(
    t("Event"),
    list(EVENTS),
    index=None,
    format_func=lambda code: t(EVENTS[code]),
    placeholder=t("All"),
    key="journal:event",
)
kind = three.selectbox(
    t("Record"),
    list(TABLES),
    index=None,
    format_func=lambda code: t(TABLES[code]),
    placeholder=t("All"),
    key="journal:table",
)
case_id = three.number_input(t("Case, by its inner number"), min_value=1, value=None, step=1, key="journal:case")

before = st.query_params.get("before", "")
page = journal.entries(
    actor,
    since=since,
    until=until,
    person_id=person,
    event=event or "",
    table=kind or "",
    case_id=case_id,
    before=int(before) if before.isdecimal() else None,
)
columns = {
    "seq": t("No."),
    "at": t("When"),
    "actor": t("Who"),
    "origin": t("From where"),
    "event": t("Event"),
    "tbl": t("Record"),
    "pk": t("Its number"),
    "detail": t("What"),
}
shows = {"at": moment, "event": lambda e: t(EVENTS.get(e, e)), "tbl": lambda name: t(TABLES.get(name, name))}
export_shown("journal", t("Journal"), page.rows, columns, shows=shows)
table(page.rows, columns, shows=shows)
with st.container(horizontal=True):
    if before:
        st.button(t("Newest"), key="journal:newest", on_click=st.query_params.clear)
    if page.older is not None:
        older = {"before": str(page.older)}
        st.button(t("Older"), key="journal:older", on_click=st.query_params.from_dict, args=(older,))
