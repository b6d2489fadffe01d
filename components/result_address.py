"""Which publication, and which unit's sheet in it, an address asks for; not yours and not there look the same."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from components.asked import number_of
from components.words import t
from db.rules.permissions import Actor, Permission
from db.rules.problems import NotThere
from db.services.scoring import results
from db.services.scoring.results import Published

ID, UNIT = "id", "unit"
PAGE = "pages/scoring/results.py"


def asked_for(actor: Actor) -> Published | None:
    """The publication named by ?id=, None for the list; a calm word and the end of the page for one not there."""
    if not st.query_params.get(ID):
        return None
    publication_id = number_of(st.query_params.get(ID))
    try:
        if publication_id is not None:
            return results.publication(actor, publication_id=publication_id)
    except NotThere:
        pass
    not_there()
    return None


def sheet_asked_for(actor: Actor, seen: Published) -> Mapping[str, Any] | None:
    """The frozen sheet named by ?unit=, None without one."""
    if not st.query_params.get(UNIT):
        return None
    unit_id = number_of(st.query_params.get(UNIT))
    try:
        if unit_id is not None and actor.may(Permission.SCORES_OPEN):
            return results.unit_sheet(actor, publication_id=seen.id, unit_id=unit_id)
    except NotThere:
        pass
    not_there()
    return None


def not_there() -> None:
    """A calm word, the way back, and the end of the page."""
    st.info(t("This does not exist, or it is not yours to see."), icon=":material/search_off:")
    if st.button(t("To the results"), key="to-the-results", type="primary"):
        open_list()
    st.stop()


def open_publication(publication_id: int, unit_id: int | None = None) -> None:
    """Go to a publication, or to a unit's sheet in it."""
    asked = {ID: str(publication_id)} | ({UNIT: str(unit_id)} if unit_id is not None else {})
    st.switch_page(PAGE, query_params=asked)


def open_list() -> None:
    """Go to the list of publications."""
    st.switch_page(PAGE)
