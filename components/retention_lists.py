"""Retention on its screen: the schedule, a list to approve, what is held, and the protocol."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from components import asked, taking_back
from components.data_request_words import once
from components.due_rows import clicked
from components.forms import Form, plain, press
from components.grid_state import revision
from components.grids import edit_grid
from components.retention_labels import class_name, labels, table_name
from components.shown_lists import Shows, every_page, export_shown
from components.tables import pick, table
from components.words import day, moment, number, t
from db.rules.permissions import Actor, Permission
from db.rules.retention import DAYS, Item, RecordClass, State
from db.services import retention
from db.services.listing import Choice, Page

PAGE = "pages/office/retention.py"


def schedule(actor: Actor) -> None:
    """Every class with its period and what it rests on; edited by who approves."""
    rows = retention.schedule(actor)
    rows["label"] = [class_name(code) for code in rows["record_class"]]
    units, acts, days = labels("unit"), labels("act"), {code: t(word) for code, word in DAYS.items()}
    names = {"label": t("Records"), "amount": t("Kept for"), "unit": t("Counted in"), "counted_from": t("From the")}
    names |= {"act": t("Then"), "due": t("Due now"), "source": t("Rests on"), "since": t("Since")}
    shows: Shows = {"unit": units.get, "counted_from": days.get, "act": acts.get, "source": t, "since": day}
    export_shown("retention", t("Retention"), rows, names, shows=shows, key="retention-schedule")
    if not actor.may(Permission.RETENTION_APPROVE):
        table(rows, names, shows=shows)
        return
    column = st.column_config
    told = rows.assign(act=rows["act"].map(acts), source=rows["source"].map(t)).set_index("id")
    config = {
        "label": column.TextColumn(names["label"], width=235),
        "amount": column.NumberColumn(names["amount"], min_value=1, step=1, required=True, width=95),
        "unit": _choice(names["unit"], units, 110),
        "counted_from": _choice(names["counted_from"], days, 170),
        "act": column.TextColumn(names["act"], width=165),
        "due": column.NumberColumn(names["due"], width=80),
        "source": column.TextColumn(names["source"], required=True, max_chars=500, width=340),
        "since": column.DateColumn(names["since"], format="YYYY-MM-DD", width=110),
    }
    edit_grid("retention.rules", told, editable=retention.EDITABLE, config=config, save=retention.edit_rules,
              label="label")  # fmt: skip
    taking_back.show(actor, "retention")


def _choice(label: str, options: Mapping[Any, str], width: int) -> Any:
    return st.column_config.SelectboxColumn(
        label, options=list(options), format_func=lambda code: options.get(code, str(code)), required=True, width=width
    )


def propose(actor: Actor) -> None:
    """What is due and on no list yet, to be put on one."""
    rows = retention.schedule(actor)
    due = rows[(rows["due"] > 0) & rows["review_id"].isna()]
    if due.empty:
        st.info(t("Nothing is due that is not on a list already."), icon=":material/done_all:")
        return
    told = {
        str(code): f"{class_name(code)} ({number(int(count))})"
        for code, count in zip(due["record_class"], due["due"], strict=True)
    }
    chosen = pick("class", t("Records"), told, required=True)
    press("retention.propose", t("Put them on a list"), retention.propose, record=chosen, record_class=chosen,
          icon=":material/playlist_add:", main=True)  # fmt: skip


def protocol(actor: Actor) -> None:
    """Every list and what became of it, the latest first; a click opens it."""
    page = retention.protocol(actor, page=asked.number_of(st.query_params.get("page")) or 1)
    if page.rows.empty:
        st.caption(t("No list was made yet."))
        return
    columns = _protocol_columns()
    export_shown("retention", t("Protocol of retention"),
                 lambda: every_page(lambda n: retention.protocol(actor, page=n), _told), columns,
                 key="retention-protocol")  # fmt: skip
    told = _told(page.rows)
    place = clicked(
        told, columns, key=f"protocol:{revision(page.rows.set_index('id'))}", alt=t("Protocol of retention")
    )
    if place is not None:
        st.switch_page(PAGE, query_params={"id": str(page.rows["id"].iloc[place])})
    asked.ask_page(Choice(tab=RecordClass.REQUESTS), page.page, page.pages)


def _protocol_columns() -> Mapping[str, Any]:
    text = st.column_config.TextColumn
    names = {"class": (t("Records"), 230), "state": (t("State"), 120), "total": (t("Listed"), 80)}
    names |= {"kept": (t("Stay"), 70), "done": (t("Done"), 70), "proposed": (t("Proposed by"), 200)}
    names |= {"approved": (t("Approved by"), 200), "ended": (t("Ended"), 140), "backups": (t("In backups until"), 150)}
    return {name: text(label, width=width) for name, (label, width) in names.items()}


def _told(rows: pd.DataFrame) -> pd.DataFrame:
    states = labels("state")
    told = rows.copy()
    told["class"] = [class_name(code) for code in rows["record_class"]]
    told["state"] = [states[code] for code in rows["state"]]
    told["proposed"] = [
        f"{who} · {moment(at)}" for who, at in zip(rows["proposed_by"], rows["proposed_at"], strict=True)
    ]
    told["approved"] = [
        f"{who} · {moment(at)}" if who else "" for who, at in zip(rows["approved_by"], rows["approved_at"], strict=True)
    ]
    told["ended"] = [moment(at) if pd.notna(at) else "" for at in rows["ended_at"]]
    told["backups"] = [day(on) if on else "" for on in rows["backups_until"]]
    return told.astype({"total": str, "kept": str, "done": str})


def one(actor: Actor, review_id: int) -> None:
    """One list: what is on it, what stays, and approving it."""
    found = retention.protocol(actor, review_id=review_id).rows
    st.page_link(PAGE, label=t("All of retention"), icon=":material/arrow_back:")
    if found.empty:
        st.info(t("This does not exist, or it is not yours to see."))
        return
    review = found.iloc[0]
    _head(review)
    page = retention.items(actor, review_id=review_id, page=asked.number_of(st.query_params.get("page")) or 1)
    ticked = _items(actor, review, page)
    _quoted(actor, review_id, int(review["version"]))
    if review["state"] == State.PROPOSED:
        _decide(actor, review, ticked)
    elif review["state"] == State.APPROVED and actor.may(Permission.RETENTION_APPROVE):
        _carry_out(actor, review)


def _head(review: Any) -> None:
    st.subheader(plain(class_name(review["record_class"])), anchor=False)
    until, state = day(review["until"]), labels("state")[review["state"]]
    st.markdown(plain(t("{state} · kept long enough: everything until {day}", state=state, day=until)))
    who = t("Proposed by {who}, {time}", who=review["proposed_by"], time=moment(review["proposed_at"]))
    lines = [who, t("Rests on: {source}", source=t(review["source"])), labels("act")[review["act"]]]
    if review["approved_by"]:
        lines.insert(1, t("Approved by {who}, {time}", who=review["approved_by"], time=moment(review["approved_at"])))
    st.caption(plain(" · ".join(lines)))
    with st.container(horizontal=True):
        for name, label in (("total", t("Listed")), ("kept", t("Stay")), ("done", t("Done"))):
            st.metric(label, number(int(review[name])), border=True)
    if review["state"] == State.DONE:
        said = t("Backups made before still hold what went, until {day}.", day=day(review["backups_until"]))
        st.info(plain(said), icon=":material/history:")


def _items(actor: Actor, review: Any, page: Page) -> list[int]:
    """The records by their numbers only; answers the ids ticked."""
    states, rows = labels("item"), page.rows
    told = pd.DataFrame(
        {
            "root": [table_name(name) for name in rows["root"]],
            "number": [one if root > 0 else t("{n} rows", n=one) for one, root in
                       zip(rows["number"], rows["record_id"], strict=True)],
            "counted_on": [day(on) for on in rows["counted_on"]],
            "state": [states[code] for code in rows["state"]],
        }
    )  # fmt: skip
    names = {"root": t("Record"), "number": t("Number"), "counted_on": t("Counted from"), "state": t("State")}
    export_shown("retention", t("Review list"), told, names, key="retention-items")
    decides = review["state"] == State.PROPOSED and actor.may(Permission.RETENTION_APPROVE)
    key = f"retention-items:{review['id']}:{review['version']}:{page.page}"
    drawn: dict[str, Any] = {"hide_index": True, "alt": t("Review list"), "placeholder": "–", "key": key}
    if decides:
        drawn |= {"on_select": "rerun", "selection_mode": "multi-row"}
    chosen: Any = st.dataframe(told.rename(columns=names), **drawn)
    asked.ask_page(Choice(tab=RecordClass.REQUESTS), page.page, page.pages)
    if not decides:
        return []
    places = [place for place in chosen.selection.rows if place < len(rows)]
    return [int(rows["id"].iloc[place]) for place in places if rows["state"].iloc[place] == Item.DUE]


def _quoted(actor: Actor, review_id: int, version: int) -> None:
    """Issued papers that name these records, and why they stay."""
    rows = once(f"retention-quoted-{review_id}", version, lambda: retention.quoted(actor, review_id=review_id))
    if rows.empty:
        return
    said = t(
        "Issued papers name records of this list and stay: {n}", n=number(len(rows[["root", "id"]].drop_duplicates()))
    )
    with st.expander(said, icon=":material/inventory_2:"):
        st.caption(t("Minutes, briefings and results that were issued are archive material (PIPL Art. 72)."))
        names = {"root": t("Record"), "issued_at": t("Issued"), "number": t("Number it names")}
        table(rows, names, shows={"root": table_name, "issued_at": moment})


def _decide(actor: Actor, review: Any, ticked: list[int]) -> None:
    review_id, version = int(review["id"]), int(review["version"])
    if actor.may(Permission.RETENTION_APPROVE):
        if ticked:
            with Form("retention.keep", record=review_id) as form:
                form.text("reason", t("Why these stay (at law, an audit …)"))
                form.submit(t("Keep {n}", n=len(ticked)), retention.keep, main=False, review_id=review_id,
                            item_ids=ticked)  # fmt: skip
        else:
            st.caption(t("Tick what must stay; the rest can be approved."))
    with st.container(horizontal=True):
        if actor.may(Permission.RETENTION_APPROVE) and int(review["proposed_by_id"]) != actor.id:
            press("retention.approve", t("Approve the rest"), retention.approve, record=review_id, main=True,
                  review_id=review_id, version=version, icon=":material/check:")  # fmt: skip
        press("retention.drop", t("Drop the list"), retention.drop, record=review_id, review_id=review_id,
              version=version)  # fmt: skip
    if int(review["proposed_by_id"]) == actor.id:
        st.caption(t("Somebody else approves than who proposed."))


def _carry_out(actor: Actor, review: Any) -> None:
    st.warning(t("Approved. What goes does not come back."), icon=":material/auto_delete:")
    if st.button(t("Carry it out"), type="primary", key=f"retention-run-{review['id']}", icon=":material/play_arrow:"):
        bar = st.progress(0.0)

        def tell(done: int, of: int) -> None:
            bar.progress(min(done / max(of, 1), 1.0))

        retention.carry_out(actor, review_id=int(review["id"]), progress=tell)
        st.rerun()


def holds(actor: Actor) -> None:
    """What stays although its time is over, each with the way to let it go again."""
    rows = retention.holds(actor)
    if rows.empty:
        st.caption(t("Nothing is held."))
    for row in rows.to_dict("records"):
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"hold-{row['id']}"):
            since = t("held by {who} since {time}", who=row["held_by"], time=moment(row["held_at"]))
            st.markdown(f"**{plain(row['number'])}** {plain(row['reason'])}  \n:gray[{plain(since)}]", width="stretch")
            if actor.may(Permission.RETENTION_APPROVE):
                press("retention.release", t("Release"), retention.release, record=row["id"], hold_id=int(row["id"]),
                      version=int(row["version"]))  # fmt: skip
