"""People: who has an account, with which roles, and where they are signed in."""

import streamlit as st

from components import saved_by
from components.forms import plain, press
from components.kept_forms import KeptForm
from components.labels import ROLES, role
from components.screens import enter
from components.shown_lists import export_shown
from components.tables import pick, table, unit_names
from components.words import moment, t
from db.services import people, units

actor = enter(__file__)
left = st.toggle(t("Also those who left"), key="people:left")
staff = people.people(actor, left=left)
choices = {r.value: t(label) for r, label in ROLES.items()}
places = unit_names(units.units(actor))
labels = {
    "username": t("User name"),
    "name": t("Name"),
    "unit": t("Unit"),
    "phone": t("Telephone"),
    "roles": t("Roles"),
    "active": t("Active"),
    "seen_at": t("Last seen"),
}
shows = {"roles": lambda held: "、".join(map(role, held)), "seen_at": moment}
export_shown("people", t("People"), staff, labels, shows=shows)
table(staff, labels, shows=shows)

with st.expander(t("Add a person"), icon=":material/person_add:"):
    adding = KeptForm("people.add", border=False)
    with adding:
        adding.text("username", t("User name"))
        adding.text("name", t("Name"))
        adding.choose("unit_id", t("Unit"), places)
        adding.choose_many("roles", t("Roles"), choices)
        adding.text("phone", t("Telephone (optional)"))
        adding.submit(t("Add"), people.add_person)
    slip = adding.result

chosen = pick("person", t("Person"), {int(p["id"]): f"{p['name']} ({p['username']})" for _, p in staff.iterrows()})
if chosen is not None:
    person = staff.set_index("id").loc[chosen]
    saved_by.show(actor, "person", chosen)
    form = KeptForm("people.edit", record=chosen, version=int(person["version"]))
    with form:
        form.text("name", t("Name"), person["name"])
        form.choose("unit_id", t("Unit"), {int(person["unit_id"]): person["unit"]} | places, int(person["unit_id"]))
        form.choose_many("roles", t("Roles"), choices, person["roles"])
        form.text("phone", t("Telephone (optional)"), person["phone"])
        form.tick("active", t("The account is open"), bool(person["active"]))
        st.caption(t("A change of roles or unit, or closing the account, signs the person out everywhere."))
        form.submit(t("Save"), people.edit_person, person_id=chosen)
    with st.container(horizontal=True):
        fresh = press("people.reset", t("New first password"), people.reset_password, record=chosen, person_id=chosen)
        slip = fresh or slip
        apart = t("Take the second factor away")
        press("people.factor", apart, people.reset_second_factor, record=chosen, person_id=chosen)
        press("people.end", t("Sign out everywhere"), people.end_sessions, record=chosen, person_id=chosen)
    st.subheader(t("Where they are signed in"))
    seen = {"created_at": t("Since"), "seen_at": t("Last seen"), "address": t("Address"), "browser": t("Browser")}
    seen |= {"revoked_at": t("Ended")}
    table(people.sessions(actor, person_id=chosen), seen, shows={c: moment for c in seen if c.endswith("_at")})

if slip is not None and slip.password:
    who = plain(slip.username)
    st.warning(t("First password of {who}. It is shown only now, lasts 24 hours and must be changed.", who=who))
    st.code(slip.password, language=None)
