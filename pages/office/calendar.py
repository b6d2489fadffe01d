"""The working calendar: days off, make-up days, and years nobody has announced yet."""

import streamlit as st

from components.calendar_preview import show_preview
from components.forms import attempt, megabytes, press
from components.screens import enter
from components.shown_lists import export_shown
from components.tables import pick, table
from components.words import day, t
from db.rules.calendar_files import KINDS, ORDINARY
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
st.caption(t("JSON as in the holiday-cn data set, or CSV with the columns date, kind (holiday or workday) and name."))
file = st.file_uploader(t("Yearly file"), type=["json", "csv"], key="calendar:file", max_upload_size=megabytes())
if file is not None:
    content = {"content": file.getvalue(), "name": file.name}
    preview = attempt(calendar.preview_import, actor, **content)
    if preview is not None:
        show_preview(preview)
        source = st.text_input(t("Notice the days come from"), key="calendar:source")
        press("calendar.import", t("Import and recompute"), calendar.import_year, main=True, source=source, **content)

st.subheader(t("Days of a year"))
year = pick("year", t("Year"), {int(y): str(y) for y in years["year"]}, required=True)
days = calendar.days(actor, year=year)
columns = {"day": t("Day"), "kind": t("Kind"), "name": t("Holiday"), "source": t("Source")}
export_shown("calendar", t("Working calendar"), days, columns, shows={"day": day, "kind": kinds.get})
table(days, columns, shows={"day": day, "kind": kinds.get})

st.subheader(t("Change one day"))
chosen = st.date_input(t("Day"), value=None, format="YYYY-MM-DD", key="calendar:day")
if chosen is not None:
    standing = calendar.one_day(actor, day=chosen)
    kind = st.selectbox(t("Kind"), list(kinds), format_func=lambda code: kinds[code], key=f"calendar:kind:{chosen}")
    words = {"name": "", "source": ""}
    if kind != ORDINARY:
        words["name"] = st.text_input(t("Holiday"), standing.name, key=f"calendar:name:{chosen}")
        words["source"] = st.text_input(t("Source"), standing.source, key=f"calendar:from:{chosen}")
    preview = attempt(calendar.preview_day, actor, day=chosen, kind=kind, name=words["name"])
    if preview is not None:
        show_preview(preview)
        press(
            "calendar.day",
            t("Save and recompute"),
            calendar.edit_day,
            record=chosen,
            day=chosen,
            kind=kind,
            version=standing.version,
            name=words["name"],
            source=words["source"],
        )
