"""What a duty is and the rules its rotas keep: told, and corrected by who describes duties."""

import streamlit as st

from components.case_labels import code_labels
from components.case_texts import fact
from components.duty_labels import lasting, named
from components.forms import Form, plain, press
from components.kept_forms import KeptForm
from components.tables import unit_names
from components.words import language, t, told
from db.rules.permissions import Actor
from db.services import units
from db.services.duty import describing
from db.services.duty.describing import DutyView
from db.services.duty.rows import records


def head(actor: Actor, seen: DutyView) -> None:
    """The duty's name, what it is, and what it should look at before a rota is made."""
    st.button(t("All duties"), icon=":material/arrow_back:", type="tertiary", on_click=st.query_params.clear)
    st.subheader(plain((language() == "en" and seen.name_en) or seen.name), anchor=False)
    with st.container(horizontal=True):
        if seen.responsible:
            st.badge(t("Its leader answers for the office"), color="blue", icon=":material/verified_user:")
        if not seen.active:
            st.badge(t("Retired"), color="gray")
    if seen.active:
        roles = code_labels(actor, "duty_role") | code_labels(actor, "duty_skill")
        roles |= {str(row["name"]): named(row) for row in records(seen.posts)}
        for problem in describing.warnings_of(actor, duty_id=seen.id):
            values = {name: roles.get(str(value), value) for name, value in problem.values.items()}
            said = told(type(problem)(problem.field, problem.message, values))
            st.markdown(f":orange[:material/info: {plain(said)}]")


def show(actor: Actor, seen: DutyView) -> None:
    """Its rules in words; for who describes duties the form, and taking it out of use."""
    if not seen.may_manage:
        _facts(actor, seen)
        return
    if seen.active:
        form = KeptForm("duties.edit", record=seen.id, version=seen.version)
        with form:
            duty_fields(actor, form, seen)
            form.submit(t("Save"), describing.edit_duty, duty_id=seen.id)
        act, said, name = describing.retire_duty, t("Retire this duty"), "duties.retire"
    else:
        _facts(actor, seen)
        act, said, name = describing.restore_duty, t("Restore this duty"), "duties.restore"
    press(name, said, act, record=seen.id, duty_id=seen.id, version=seen.version)


def _facts(actor: Actor, seen: DutyView) -> None:
    rules = seen.rules
    window = None
    if rules["window_days"] is not None:
        window = t("{most} in {days} days", most=rules["window_most"], days=rules["window_days"])
    names = unit_names(units.units(actor))
    lines = [
        (t("Unit"), names.get(seen.unit_id or 0, "–").strip("　")),
        (t("Source"), (language() == "en" and seen.source_en) or seen.source or "–"),
        (t("Least rest between shifts"), lasting(rules["least_rest"] or 0)),
        (t("Most days in a row"), rules["most_days_running"] or "–"),
        (t("Most nights in a row"), rules["most_nights_running"] or "–"),
        (t("Most shifts within days"), window or "–"),
        (t("Most weekends in a month"), rules["most_weekends"] or "–"),
    ]
    st.markdown("\n\n".join(fact(name, value) for name, value in lines))


def duty_fields(actor: Actor, form: Form, seen: DutyView | None) -> None:
    """Name, unit and the rules of a duty."""
    rules = dict(seen.rules) if seen else {}
    places = {None: t("No unit")} | unit_names(units.units(actor))
    left, right = st.columns(2)
    with left:
        form.text("name", t("Name"), seen.name if seen else "")
        form.text("name_en", t("Name in English (optional)"), seen.name_en if seen else "")
        form.text("source", t("Source: which rule asks for it (optional)"), seen.source if seen else "")
        form.text("source_en", t("Source in English (optional)"), seen.source_en if seen else "")
        form.choose("unit_id", t("Unit"), places, seen.unit_id if seen else None)
        form.tick("responsible", t("Its leader answers for the office"), bool(seen and seen.responsible))
    with right:
        form.number("least_rest", t("Least rest between shifts (minutes)"), rules.get("least_rest") or 0, min_value=0)
        form.number("most_days_running", t("Most days in a row"), rules.get("most_days_running"), min_value=1)
        form.number("most_nights_running", t("Most nights in a row"), rules.get("most_nights_running"), min_value=1)
        form.number("window_most", t("Most shifts within the days below"), rules.get("window_most"), min_value=1)
        form.number("window_days", t("Days these are counted in"), rules.get("window_days"), min_value=2)
        form.number("most_weekends", t("Most weekends in a month"), rules.get("most_weekends"), min_value=1)
    st.caption(t("An empty number is no limit."))
