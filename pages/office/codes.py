"""Code lists, facts about the office and its privacy notice."""

import streamlit as st

from components import asked, saved_by, taking_back
from components.forms import Form, press
from components.grids import edit_grid
from components.kept_forms import KeptForm
from components.screens import enter
from components.shown_lists import export_shown
from components.tables import pick, table
from components.words import day, language, moment, t
from db.services import office
from db.services.ledgers import books
from db.services.office.facts import FACTS

actor = enter(__file__)
parts = [t("Code lists"), t("About the office"), t("Privacy notice"), t("Ledgers")]
lists, about, notice, ledger_names = st.tabs(parts, default=asked.tab({"ledgers": parts[3]}))

with lists:
    names = {name: t(said) for name, said in office.LISTS.items()}
    name = pick("list", t("List"), names, required=True)
    codes = office.codes(actor, list_name=name)
    codes["source"] = codes["source"].map(t)
    columns = {
        "code": st.column_config.TextColumn(t("Code"), help=t("Stored in records; it never changes.")),
        "label_zh": st.column_config.TextColumn(t("Chinese label"), required=True, max_chars=40),
        "label_en": st.column_config.TextColumn(t("English label"), max_chars=60),
        "position": st.column_config.NumberColumn(t("Order"), min_value=0, max_value=9999, step=1),
        "active": st.column_config.CheckboxColumn(t("Offered")),
        "source": st.column_config.TextColumn(t("Source"), max_chars=100),
    }
    export_shown("codes", names[name], codes, columns)
    edit_grid(
        f"codes:{name}",
        codes.set_index("id"),
        editable=("label_zh", "label_en", "position", "source"),
        config=columns,
        save=office.edit_codes,
        label="code",
    )
    taking_back.show(actor, "codes", name)
    with st.expander(t("Add an entry"), icon=":material/add:"):
        adding = KeptForm("codes.add", record=name, border=False)
        with adding:
            adding.text("code", t("Code"), help=t("Lower-case English, for example water_supply."))
            adding.text("label_zh", t("Chinese label"))
            adding.text("label_en", t("English label"))
            adding.text("source", t("Source"))
            adding.submit(t("Add"), office.add_code, list_name=name)
    label = "label_en" if language() == "en" else "label_zh"
    chosen = pick("code", t("Entry"), {int(c["id"]): c[label] or c["label_zh"] for _, c in codes.iterrows()})
    if chosen is not None:
        entry = codes.set_index("id").loc[chosen]
        saved_by.show(actor, "code", chosen)
        act, text = (office.retire_code, t("Retire")) if entry["active"] else (office.restore_code, t("Restore"))
        press("codes.offer", text, act, record=chosen, code_id=chosen, version=int(entry["version"]))

with about:
    for _, fact in office.fact_rows(actor).iterrows():
        form = Form("facts.edit", record=fact["name"], version=int(fact["version"]), border=False)
        with form:
            form.text("value", t(FACTS[fact["name"]]), fact["value"], max_chars=200)
            form.submit(t("Save"), office.edit_fact, main=False, fact_id=int(fact["id"]))

with notice:
    versions = office.notices(actor)
    said = {"id": t("Version"), "effective_from": t("In force from"), "created_at": t("Written")}
    table(versions, said, shows={"effective_from": day, "created_at": moment})
    st.caption(t("The office's name, address and telephone are filled in. Records keep their version."))
    writing = KeptForm("notices.add")
    with writing:
        writing.area("text_zh", t("Chinese text"), versions.iloc[0]["text_zh"], height=300)
        writing.area("text_en", t("English text"), versions.iloc[0]["text_en"], height=300)
        writing.day("effective_from", t("In force from"), "today")
        writing.submit(t("Make a new version"), office.add_notice)

with ledger_names:
    st.caption(t("The names and the order the office uses; one that is not shown is kept and can be shown again."))
    edit_grid(
        "ledgers",
        books.every(actor).set_index("id"),
        editable=books.EDITED,
        config={
            "name": st.column_config.TextColumn(t("Chinese name"), required=True, max_chars=60, width=260),
            "name_en": st.column_config.TextColumn(t("English name"), max_chars=60, width=300),
            "position": st.column_config.NumberColumn(t("Order"), min_value=0, max_value=99, step=1, width=80),
            "active": st.column_config.CheckboxColumn(t("Shown"), width=80),
        },
        save=books.edit,
        label="name",
        at={asked.PART: "ledgers"},
    )
    taking_back.show(actor, "ledgers")
