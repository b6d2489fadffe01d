"""One publication: what it is, its papers, ranks, what totals are made of, ranks over time, what a re-issue changed."""

from typing import Any
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from components import charts, downloads
from components.due_rows import clicked
from components.forms import plain
from components.result_address import open_publication
from components.result_labels import pieces_named, said, title, unit_name, word
from components.score_labels import names_in
from components.words import N_, day, language, moment, t
from db.rules.permissions import Actor, Permission
from db.services.duty.rows import records
from db.services.scoring import result_exports, results
from db.services.scoring.result_words import difference_in, is_ladder, pieces_of
from db.services.scoring.results import Published

BAR, MOST_BARS, MOST_LINES = 26, 30, 12


def head(seen: Published) -> None:
    """Title, edition, who published it and when; a newer edition is pointed out."""
    document = seen.document
    st.subheader(plain(title(document)), anchor=False)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="result-head"):
        st.badge(word("span", document["scope"]["span"]), icon=":material/campaign:", color="blue")
        edition = t("edition {n}", n=document["edition"])
        st.badge(edition, color="green" if seen.latest else "gray")
        lines = [t("published {time} by {who}", time=moment(seen.published_at), who=document["published_by"])]
        lines.append(t("rubric edition {n}", n=document["rubric_edition"]))
        lines.append(t("appeals until {day}", day=day(seen.appeal_until)))
        st.markdown(f":gray[{plain(' · '.join(lines))}]", width="content")
    if document["reason"]:
        names = t(", ").join((language() == "en" and en) or name for name, en, _ in document["missing"])
        told = t("Published without {units}: {reason}", units=names, reason=document["reason"])
        st.warning(plain(told), icon=":material/hourglass_empty:")
    if not seen.latest:
        newest = max(seen.editions)
        st.info(t("A corrected edition replaced this one; it stays readable."), icon=":material/history:")
        if st.button(t("Open edition {n}", n=newest), key="newest-edition"):
            open_publication(seen.editions[newest])


def papers(seen: Published) -> None:
    """The notice as Word and Excel, the board as a workbook, and the editions before."""
    with st.container(horizontal=True, key="result-papers"):
        for kind, said_as in (("docx", t("Result notice as Word")), ("xlsx", t("Result notice as Excel"))):
            where = f"/score-notice/{seen.id}?{urlencode({'as': kind, 'lang': language()})}"
            st.link_button(said_as, where, icon=":material/description:", key=f"result-{kind}")
        downloads.export_button(
            t("Export"),
            result_exports.ask_result,
            key="result-export",
            said=N_("{n} units exported."),
            publication_id=seen.id,
        )
        for edition, publication_id in seen.editions.items():
            if publication_id != seen.id and edition != max(seen.editions):
                label = t("Open edition {n}", n=edition)
                if st.button(label, key=f"edition-{edition}", type="tertiary"):
                    open_publication(publication_id)


def table(seen: Published) -> None:
    """Ranks, totals, grades and cards; a click opens the sheet of a unit this reader may open."""
    names, rows = names_in(seen.document["rubric"]), records(seen.board)
    told = pd.DataFrame(
        {
            "id": seen.board["unit_id"],
            "rank": seen.board["rank"],
            "unit": [unit_name(row) for row in rows],
            "total": seen.board["total"],
            "grade": [names.get(row["grade"], "") for row in rows],
            "card": [word("card", row["card"]) if row["card"] else "" for row in rows],
            "unmet": [_unmet(seen, row["unit_id"], names) for row in rows],
        }
    )
    config, ladder = st.column_config, is_ladder(seen.document)
    for name in ("before", "now") if ladder else ():
        told[name] = [_figure(seen, row["unit_id"], name) for row in rows]
    columns: dict[str, Any] = {
        "rank": config.NumberColumn(t("Rank"), width=70),
        "unit": config.TextColumn(t("Unit"), width=180),
        **({"before": config.TextColumn(t("Year before"), width=110)} if ladder else {}),
        **({"now": config.TextColumn(t("This year"), width=110)} if ladder else {}),
        "total": config.NumberColumn(t("Increase (%)") if ladder else t("Total"), format="%.1f", width=100),
        "grade": config.TextColumn(t("Grade"), width=100),
        "card": config.TextColumn(t("Card"), width=110),
        "unmet": config.TextColumn(t("Minimums and targets not reached"), width=320),
    }
    for name in ("grade", "card", "unmet"):
        if not any(told[name]):
            del columns[name]
    place = clicked(told, columns, key=f"result:{seen.id}", alt=t("Published ranks; press Enter on one to open it"))
    if place is not None:
        if seen.board["opens"].iloc[place]:
            open_publication(seen.id, int(seen.board["unit_id"].iloc[place]))
        st.caption(t("The sheet of this unit is not yours to open; its rank and total are."))


def has_pieces(seen: Published) -> bool:
    """Whether its totals are made of pieces; those of a ladder are not."""
    return not is_ladder(seen.document)


def made_of(seen: Published) -> None:
    """A bar per unit, split into its pieces; a click opens the sheet behind it."""
    names, board = pieces_named(seen.document), seen.document["board"]
    shown = records(seen.board.head(MOST_BARS))
    found = [(row, code, points) for row in shown for code, points in board[str(row["unit_id"])]["pieces"]]
    pieces = pieces_of(seen.document)
    rows: list[dict[str, object]] = [
        {
            "id": row["unit_id"],
            "at": unit_name(row),
            "what": names.get(code, code),
            "n": _points(code, points),
            "order": pieces.index(code),
        }
        for row, code, points in found
        if points["shown"]
    ]
    if not rows:
        st.info(t("Nothing is scored yet."), icon=":material/bar_chart:")
        return
    spec = charts.stacked_bars(tuple(names.get(code, code) for code in pieces), t("Unit"), t("Points"))
    spoken = "; ".join(f"{row['at']} {row['what']} {row['n']}" for row in rows if row["n"])
    alt = f"{t('What each total is made of')}: {spoken}"
    chosen = charts.chosen_bar(spec, rows, alt=alt, key=f"pieces:{seen.id}", height=130 + BAR * len(shown))
    if len(seen.board) > MOST_BARS:
        st.caption(t("The first {n} units; the table shows all.", n=MOST_BARS))
    if chosen is not None and bool(seen.board.set_index("unit_id").loc[chosen, "opens"]):
        open_publication(seen.id, chosen)


def over_time(actor: Actor, seen: Published) -> None:
    """The ranks of the first units in everything announced of this assessment."""
    found = results.ranks_over_time(actor, assessment_id=int(seen.document["assessment"]["id"]))
    if found[["year", "scope"]].drop_duplicates().shape[0] < 2:
        st.info(t("Ranks over time need two published results."), icon=":material/show_chart:")
        return
    first = set(seen.board["unit_id"].head(MOST_LINES))
    several = found["year"].nunique() > 1
    rows: list[dict[str, object]] = [
        {"at": f"{row['year']} {said(row)}" if several else said(row), "what": unit_name(row), "n": row["rank"]}
        for row in records(found)
        if row["unit_id"] in first
    ]
    spoken = "; ".join(f"{row['at']} {row['what']} {row['n']}" for row in rows)
    spec = charts.rank_lines(t("Unit"), t("Rank"))
    charts.chart(spec, rows, alt=f"{t('Ranks over time')}: {spoken}", key=f"over-time:{seen.id}", height=320)
    if len(seen.board) > MOST_LINES:
        st.caption(t("The first {n} units; the table shows all.", n=MOST_LINES))


def differences(seen: Published) -> None:
    """What this edition says otherwise than the one before."""
    found = [(one, *difference_in(one, seen.document, language())) for one in seen.document["differences"]]
    shown = pd.DataFrame(
        {
            t("Unit"): [unit_name(one) for one, *_ in found],
            t("What differs"): [what for _, what, _, _ in found],
            t("Before"): [before for *_, before, _ in found],
            t("Now"): [after for *_, after in found],
        }
    )
    st.dataframe(shown, hide_index=True, width="stretch", key=f"differences:{seen.id}", alt=t("What differs"))


def sees_appeals(actor: Actor) -> bool:
    """Whether this reader sees appeals at all."""
    return actor.may(Permission.SCORES_OPEN)


def _figure(seen: Published, unit_id: int, name: str) -> str:
    return str(seen.document["board"][str(unit_id)]["ladder"][name]["shown"])


def _unmet(seen: Published, unit_id: int, names: dict[str, str]) -> str:
    return t(", ").join(names.get(code, code) for code in seen.document["board"][str(unit_id)]["unmet"])


def _points(code: str, points: dict[str, str]) -> float:
    return -float(points["shown"]) if code == "deduction" else float(points["shown"])
