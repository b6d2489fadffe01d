"""The working calendar: days off, make-up days, and years nobody has announced yet."""

import streamlit as st

from components import calendar_days
from components.screens import enter
from components.shown_lists import export_shown
from components.tables import pick, table
from components.words import day, t
from db.rules.calendar_files import KINDS
from db.services import calendar

actor = enter(__file__)
for year, count in calendar.unknown_years(actor).items():
    text = t("No holidays are known for {year}, and {count} open cases fall due then.", year=str(year), count=count)
    st.error(f"{text} {t('Their due dates are provisional until you import that year.')}", icon=":material/warning:")

years = calendar.years(actor)
columns = {
    "year": t("Year"),
    "known": t("Known"),
    "days_off": t("Days off"),
    "make_up_days": t("Make-up days"),
    "open_cases": t("Open cases due"),
    "source": t("Source"),
}
table(years, columns, shows={"year": str})

kinds = {kind: t(label) for kind, label in KINDS.items()}

st.subheader(t("Import a year"))
calendar_days.import_form(actor)

st.subheader(t("Days of a year"))
year = pick("year", t("Year"), {int(y): str(y) for y in years["year"]}, required=True)
days = calendar.days(actor, year=year)
columns = {"day": t("Day"), "kind": t("Kind"), "name": t("Holiday"), "source": t("Source")}
export_shown("calendar", t("Working calendar"), days, columns, shows={"day": day, "kind": kinds.get})
table(days, columns, shows={"day": day, "kind": kinds.get})

st.subheader(t("Change one day"))
calendar_days.day_form(actor)
