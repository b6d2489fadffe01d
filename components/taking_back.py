"""One line below a table edited in place: one's last save of it, and the button that takes it back once."""

import streamlit as st

from components.forms import plain, press
from components.state import receipt
from components.words import moment, t, told
from db.rules.permissions import Actor
from db.services import taking_back
from db.services.records import Saved


def show(actor: Actor, name: str, part: object = "") -> None:
    """Nothing while there is no save of this person that still stands."""
    last = taking_back.last_save(actor, name=name, part=part)
    # Always one element: if the page below moved, the browser would build it anew and lose what is being typed.
    with st.container(horizontal=True, vertical_alignment="center", key=f"last-save-{name}-{part}"):
        if last is None:
            return
        when = moment(last.at)
        said = t("You saved 1 row here {time}.", time=when)
        said = said if last.count == 1 else t("You saved {n} rows here {time}.", n=last.count, time=when)
        st.markdown(f":gray[{plain(said)}]", width="content")
        icon, which = ":material/undo:", last.id
        press("table.take_back", t("Take it back"), _take_back, record=which, act_id=which, icon=icon, type="tertiary")


def _take_back(actor: Actor, *, act_id: int, key: str) -> Saved:
    """Take it back, and tell what was changed since and stays as it is."""
    saved = taking_back.take_back(actor, act_id=act_id, key=key)
    receipt(t("1 row is as before.") if len(saved.saved) == 1 else t("{n} rows are as before.", n=len(saved.saved)))
    tell_what_stays(saved)
    return saved


def tell_what_stays(saved: Saved) -> None:
    """What was not taken back: what somebody changed since, and what may no longer be as it was."""
    if saved.conflicts:
        receipt(t("{n} changed since and stay as they are.", n=len(saved.conflicts)))
    for why in {told(problems.problems[0]) for problems in saved.rejected.values()}:
        receipt(t("Not taken back: {why}", why=why))
