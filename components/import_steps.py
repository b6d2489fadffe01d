"""An import from the file to the result, on one page that grows downwards."""

import streamlit as st

from components import import_file, import_headings, import_preview, import_result, import_run
from components.import_address import asked_id, not_there
from components.import_desk import desk_of, sheet_of
from components.words import number, t
from db.rules.permissions import Actor
from db.rules.problems import NotThere
from db.services.importing import running, waiting
from db.services.importing.waiting import Waiting


def show(actor: Actor) -> None:
    """The import the address names, as far as it is; or the field for a new file."""
    import_id = asked_id()
    if import_id is None:
        import_file.choose()
        return
    try:
        prepared = waiting.waiting(actor, import_id=import_id)
    except NotThere:
        not_there()
    else:
        if prepared is not None:
            prepare(actor, prepared)
        else:
            begun(actor, import_id)


def prepare(actor: Actor, seen: Waiting) -> None:
    """What was found, what the columns mean, what would happen."""
    desk = desk_of(actor, seen)
    look = sheet_of(desk, seen.chosen)
    import_file.found(seen, desk, look)
    wrong = waiting.problems_of(actor, chosen=seen.chosen)
    understood = sum(bool(field) for field in seen.chosen.columns.values())
    counted = {"n": number(understood), "all": number(len(look.columns))}
    st.subheader(t("What the columns mean: {n} of {all} are used", **counted), anchor=False)
    import_headings.saved_mappings(actor, seen)
    import_headings.ask(seen, look, wrong)
    st.subheader(t("Where the file says nothing"), anchor=False)
    import_headings.ask_defaults(actor, seen, wrong)
    st.subheader(t("What would happen"), anchor=False)
    import_preview.show(actor, seen, desk, sound=not wrong)


def begun(actor: Actor, import_id: int) -> None:
    """How far it is, or what it did."""
    found = running.state(actor, import_id=import_id)
    import_run.head(found)
    if found.state in import_run.ALIVE:
        import_run.at_work(actor, import_id)
        return
    if found.state in ("stopped", "failed"):
        import_run.broken_off(found)
    import_result.counts(found)
    if found.unlooked and found.is_looking:
        import_run.looking(actor, import_id)
    elif found.unlooked:
        import_run.look_broken_off(found)
    import_result.rows(actor, found)
    import_result.take_back(actor, found)
    import_result.again(found)
