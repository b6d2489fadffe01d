"""A year's report on protecting personal data: two tables to take away, and the whole as Word."""

import streamlit as st

from components.data_request_labels import labels
from components.shown_lists import Shows, export_shown
from components.tables import pick, table
from components.words import day, language, t
from db import clock
from db.engine import current
from db.rules.permissions import Actor
from db.rules.protection import FIGURES
from db.services import protection

YEARS = 5


def show(actor: Actor) -> None:
    """The year, its figures, and the ways to take them."""
    this = clock.today(current().settings.timezone).year
    years = {str(this - n): str(this - n) for n in range(YEARS)}
    year = int(pick("year", t("Year"), years, required=True))
    found = protection.report(actor, year=year)
    st.subheader(t("Requests about one's own data"), anchor=False)
    names = {"kind": t("Kind of request"), "received": t("Came in"), "granted": t("Granted")}
    names |= {"partly": t("In part"), "refused": t("Refused"), "withdrawn": t("Withdrawn"), "waiting": t("Waiting")}
    names |= {"late": t("After their day"), "days": t("Days on average"), "most_days": t("Days at most")}
    shows: Shows = {"kind": labels("kind").get}
    title = t("Protection of personal data, {year}", year=year)
    export_shown("protection", title, found.requests, names, shows=shows, key="protection-requests")
    table(found.requests, names, shows=shows, whole=True)
    st.subheader(t("Looks, exports and acts"), anchor=False)
    words = {code: t(word) for code, word in FIGURES.items()}
    told = {"what": t("What is counted"), "count": t("Counted"), "people": t("By how many of the office")}
    export_shown("protection", title, found.figures, told, shows={"what": words.get}, key="protection-figures")
    table(found.figures, told, shows={"what": words.get}, whole=True)
    if found.since:
        st.caption(t("The journal begins on {day}; looks before it are not counted.", day=day(found.since)))
    where = f"/protection-report/{year}?lang={language()}"
    st.link_button(t("As Word"), where, icon=":material/description:", key="protection-word")
