"""Data protection: a year's report, and incidents with personal data."""

import streamlit as st

from components import asked, incidents, protection_report
from components.screens import enter
from components.words import t

actor = enter(__file__)
incident_id = asked.number_of(st.query_params.get("id"))
if incident_id is not None:
    incidents.one(actor, incident_id)
else:
    tabs = {"report": t("Yearly report"), "incidents": t("Incidents")}
    tab = st.query_params.get("tab") if st.query_params.get("tab") in tabs else "report"
    asked.ask_tab(tabs, tab or "report")
    (incidents.show if tab == "incidents" else protection_report.show)(actor)
