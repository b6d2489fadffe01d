"""The line that says when and by whom a record was last saved, read from the database on every run."""

from datetime import datetime

import streamlit as st

from components.words import moment, t
from db.rules.permissions import Actor
from db.services import saves
from db.services.saves import Save


def show(actor: Actor, table: str, record_id: int) -> None:
    """Nothing for what came with the program and nobody saved yet."""
    line(saves.last(actor, table=table, record_id=record_id))


def line(last: Save | None) -> None:
    """The same of a record that tells it among its own words."""
    if last is not None:
        told(last.at, last.by)


def told(at: datetime | None, by: str) -> None:
    """When, and by whom; the system itself where no person is named."""
    if at is not None:
        st.caption(t("Last saved {time} by {who}", time=moment(at), who=by or t("the system")))
