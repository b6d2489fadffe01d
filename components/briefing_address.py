"""Which briefing an address asks for; not yours and not there look the same."""

import streamlit as st

from components.asked import number_of
from components.words import t
from db.rules.permissions import Actor
from db.rules.problems import NotThere
from db.services.briefings import briefings
from db.services.briefings.scope import Head

ID = "id"
PAGE, LIST = "pages/briefings/briefing.py", "pages/briefings/briefings.py"
# Which part is written to, or what kind of part is added.
EDIT, ADD = "edit", "add"
FORM, NEW = "briefing:", "new-"


def asked_for(actor: Actor) -> Head:
    """The briefing named by ?id=; a calm word, the way to the list and the end of the page for one not there."""
    briefing_id = number_of(st.query_params.get(ID))
    try:
        if briefing_id is not None:
            return briefings.briefing(actor, briefing_id=briefing_id)
    except NotThere:
        pass
    st.info(t("This does not exist, or it is not yours to see."), icon=":material/search_off:")
    if st.button(t("To the briefings"), key="to-the-briefings", type="primary"):
        open_list()
    st.stop()


def open_briefing(briefing_id: int) -> None:
    """Go to a briefing."""
    st.switch_page(PAGE, query_params={ID: str(briefing_id)})


def open_list() -> None:
    """Go to the list of briefings."""
    st.switch_page(LIST)


def address_of_draft(form: str) -> dict[str, str] | None:
    """Where the form of a kept draft stands, None for another page's form."""
    if not form.startswith(FORM):
        return None
    _, briefing_id, part = form.split(":", 2)
    return {ID: briefing_id} | ({ADD: part.removeprefix(NEW)} if part.startswith(NEW) else {EDIT: part})
