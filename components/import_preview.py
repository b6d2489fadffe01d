"""What would happen: counts, the first rows as they will be, every row that can't be taken, what is worth a word."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from components import suggestion_offer
from components.case_labels import code_labels, labels
from components.forms import attempt, plain, press
from components.import_desk import Desk
from components.import_labels import COLOURS, label
from components.import_labels import labels as import_labels
from components.shown_lists import export_shown
from components.tables import table
from components.words import day, moment, number, t
from db.rules.case_import import Note, Verdict
from db.rules.permissions import Actor
from db.services.importing import waiting
from db.services.importing.planning import SHOWN_NOTES, Preview, PreviewRow
from db.services.importing.waiting import Waiting
from db.services.listing import PAGE_ROWS

LONGEST_TEXT = 80


def show(actor: Actor, seen: Waiting, desk: Desk, *, sound: bool) -> None:
    """The button that looks at every row, then what was found, and the button that brings it in."""
    found = desk.preview_of(seen.chosen)
    if found is None:
        _look(actor, seen, desk, sound=sound)
        return
    counts(found.counts)
    _rows(actor, found.rows)
    notes_of("rejected", t("Rows that can't be brought in"), found.rejected, found.counts[Verdict.REJECT])
    _folded(t("Worth a word"), found.warnings, found.counts["warnings"])
    _folded(t("Likely repeats"), found.repeats, found.counts["likely_repeat"])
    _begin(seen, found)


def _look(actor: Actor, seen: Waiting, desk: Desk, *, sound: bool) -> None:
    st.caption(t("Every row is looked at as if it were brought in; nothing is written."))
    pressed = st.button(
        t("Look at every row"),
        key=f"import-look-{seen.id}",
        type="primary",
        icon=":material/visibility:",
        disabled=not sound,
    )
    if not pressed:
        return
    told = st.progress(0.0, text=t("Looking at the rows…"))

    def tell(done: int, _total: int) -> None:
        # Nobody knows yet how many there are: the bar goes on, ever slower.
        told.progress(1 - 1000 / (1000 + done), text=t("{n} rows looked at", n=number(done)))

    preview = attempt(waiting.preview_waiting, actor, import_id=seen.id, progress=tell)
    told.empty()
    if preview is not None:
        desk.preview, desk.previewed = preview, seen.chosen
        st.rerun()


def counts(found: Mapping[str, int]) -> None:
    """How many rows, and what becomes of them."""
    with st.container(horizontal=True, key="import-counts"):
        st.metric(t("Rows read"), number(found["read"]), border=True, width="stretch")
        for verdict in Verdict:
            st.metric(label("verdict", verdict), number(found[verdict]), border=True, width="stretch")


def _rows(actor: Actor, rows: Sequence[PreviewRow]) -> None:
    """The first rows as they will be; who brought them is masked."""
    if not rows:
        return
    st.markdown(f"**{plain(t('The first rows as they will be'))}**")
    words: Mapping[str, Mapping[Any, str]] = {
        "category": code_labels(actor, "category"),
        **{name: labels(name) for name in ("channel", "kind", "grade")},
    }
    verdicts = import_labels("verdict")
    told = pd.DataFrame([_told(row, words, verdicts) for row in rows])
    told["suggested"] = suggestion_offer.for_rows(actor, rows, words["category"])
    config = st.column_config
    colours = {verdicts[verdict]: COLOURS[verdict] for verdict in Verdict}
    columns = {
        "row": config.NumberColumn(t("Row"), width=60),
        "verdict": config.MultiselectColumn(
            t("What happens"), options=list(colours), color=list(colours.values()), width=130
        ),
        "number": config.TextColumn(t("The sender's number"), width=130),
        "received_at": config.TextColumn(t("Received"), width=130),
        "subject": config.TextColumn(t("Subject"), width=200),
        "text": config.TextColumn(t("What was said"), width=280),
        "place": config.TextColumn(t("Place"), width=120),
        "category": config.TextColumn(t("Category"), width=130),
        "suggested": config.TextColumn(t("Like earlier cases"), width=150),
        "grade": config.TextColumn(t("Grade"), width=80),
        "channel": config.TextColumn(t("How it came"), width=90),
        "kind": config.TextColumn(t("Kind"), width=90),
        "name": config.TextColumn(t("Resident"), width=90),
        "contact": config.TextColumn(t("Contact"), width=110),
        "unit": config.TextColumn(t("Unit the sender names"), width=130),
        "due_on": config.TextColumn(t("Due date set by the sender"), width=130),
        "note": config.TextColumn(t("Note"), width=160),
    }
    used = {name: column for name, column in columns.items() if name in told and told[name].map(bool).any()}
    st.dataframe(
        told[list(used)],
        column_config=used,
        hide_index=True,
        key="import-first-rows",
        height="content",
        placeholder="–",
        alt=t("The first rows as they will be"),
    )


def _told(row: PreviewRow, words: Mapping[str, Mapping[Any, str]], verdicts: Mapping[str, str]) -> dict[str, Any]:
    fields: dict[str, Any] = dict(row.fields)
    told = {name: words[name].get(value, value) if name in words else value for name, value in fields.items()}
    text = " ".join(str(fields["text"]).split())
    told |= {
        "row": row.row,
        "verdict": [verdicts.get(row.verdict, row.verdict)],
        "text": text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…",
        "received_at": moment(fields["received_at"]) if fields["received_at"] else t("the day of the import"),
        "due_on": day(fields["due_on"]) if fields["due_on"] else "",
        "unit": row.unit,
    }
    return told


def notes_of(name: str, title: str, notes: Sequence[Note], total: int) -> None:
    """The rows that are worth a line each: row, column, value and why, by pages, to be taken away as Excel."""
    if not notes:
        return
    st.markdown(f"**{plain(title)}** · {number(total)}")
    frame = pd.DataFrame(
        [(n.row, n.heading, n.value, said(n)) for n in notes], columns=["row", "column", "value", "why"]
    )
    headings = {"row": t("Row"), "column": t("Column"), "value": t("In the sheet"), "why": t("Why")}
    key = f"import-{name}"
    pages = -(-len(frame) // PAGE_ROWS)
    at = st.pagination(pages, key=f"{key}-page") if pages > 1 else 1
    table(frame.iloc[(at - 1) * PAGE_ROWS : at * PAGE_ROWS], headings, key=key)
    if total > len(notes):
        st.caption(t("The first {n}; the rest is listed when the file was brought in.", n=number(len(notes))))
    export_shown("imports", title, frame, headings, key=key)


def said(note: Note) -> str:
    """A note as a sentence."""
    return t(note.message, **note.values)


def _folded(title: str, notes: Sequence[Note], total: int) -> None:
    """What is worth a word, each kind once with how often, the rows behind it folded away."""
    if not notes:
        return
    with st.expander(f"{plain(title)} · {number(total)}", icon=":material/info:"):
        kinds = Counter(note.message for note in notes)
        more = "+" if total > len(notes) and total > SHOWN_NOTES else ""
        for message, often in kinds.most_common():
            first = next(note for note in notes if note.message == message)
            rows = t(", ").join(str(note.row) for note in notes if note.message == message and note.row)[:60]
            where = f" :gray[{plain(t('rows {rows}', rows=rows))}]" if rows else ""
            st.markdown(f"- {number(often)}{more} × {plain(said(first))}{where}")


def _begin(seen: Waiting, found: Preview) -> None:
    added, updated = found.counts[Verdict.ADD], found.counts[Verdict.UPDATE]
    if not added + updated:
        st.info(t("Nothing of this file is new."), icon=":material/info:")
        return
    numbers = {"added": number(added), "updated": number(updated)}
    words = t("Bring in {added}, update {updated}", **numbers) if updated else t("Bring in {added}", **numbers)
    press(
        "import.begin",
        words if added else t("Update {updated}", **numbers),
        waiting.begin,
        record=seen.id,
        main=True,
        icon=":material/download_done:",
        import_id=seen.id,
        chosen=seen.chosen,
    )
