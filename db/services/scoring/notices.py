"""The result notice of a publication, monthly to yearly: ranks, pieces, what was not reached, what it corrects."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from db import clock, journal
from db.documents import rota_book, rota_word
from db.documents.fitting import Cell, Grid, Row
from db.documents.forms import Document, forms
from db.engine import current, transaction
from db.languages import date_in, translate
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_
from db.rules.scoring.issuing import TOTAL
from db.services.acts import guarded
from db.services.duty.rows import records
from db.services.office import Facts, facts_of
from db.services.scoring import results
from db.services.scoring.result_words import DASH, difference_in, is_ladder, named_in, names_of, pieces_of, word_in
from db.services.scoring.results import Published
from db.services.templates import standing

FORM = "score_notice"
Told = Mapping[str, Any]


@guarded(Permission.SCORES_READ)
def document(actor: Actor, *, publication_id: int, language: str) -> Document:
    """The notice as Word in a language, from the office's template; raises NotThere and Problems."""
    seen, office = _gathered(actor, publication_id)
    form = forms()[FORM]
    content = rota_word.notice(
        standing(form), form, _values(seen, office, language), _table(seen, language), at=clock.now()
    )
    return Document(f"{_title(seen, language)}{_edition_mark(seen, language)}.docx", content)


@guarded(Permission.SCORES_READ)
def workbook(actor: Actor, *, publication_id: int, language: str) -> Document:
    """The same as a workbook ready to print; raises NotThere."""
    seen, office = _gathered(actor, publication_id)
    title = _title(seen, language)
    below = [line for line in (office.name, _subtitle(seen, language), _edition(seen, language)) if line]
    notes = [*_remarks(seen, language)]
    for heading, lines in (
        (_unmet_title(language), [f"{one['unit']}: {one['what']}" for one in _unmet(seen, language)]),
        (_differences_title(seen, language), [_difference_line(one) for one in _differences(seen, language)]),
    ):
        notes += [heading, *lines] if lines else []
    sheet = translate(N_("Published result"), language)
    content = rota_book.notice(_table(seen, language), title=title, below_title=below, notes=notes, sheet=sheet)
    return Document(f"{title}{_edition_mark(seen, language)}.xlsx", content)


def _gathered(actor: Actor, publication_id: int) -> tuple[Published, Facts]:
    """What is printed; each printing is journalled."""
    seen = results.publication(actor, publication_id=publication_id)
    with transaction(actor) as session:
        journal.note(session, "print", tbl="score_publication", pk=seen.id, detail={"what": FORM})
        return seen, facts_of(session)


def _title(seen: Published, into: str) -> str:
    assessment, scope = seen.document["assessment"], seen.document["scope"]
    told = {"assessment": named_in(assessment, into), "year": assessment["year"], "scope": named_in(scope, into)}
    return translate(N_("{assessment} {year}, {scope}: result notice"), into, **told)


def _subtitle(seen: Published, into: str) -> str:
    scope = seen.document["scope"]
    first, last = (date_in(into, date.fromisoformat(scope[end])) for end in ("begins", "ends"))
    told = {"span": word_in("span", scope["span"], into), "first": first, "last": last}
    return translate(N_("{span}, {first} to {last}"), into, **told)


def _edition(seen: Published, into: str) -> str:
    told = {"n": seen.document["edition"], "who": seen.document["published_by"], "day": _day(seen, into)}
    said = translate(N_("Edition {n} · {who} · published {day}"), into, **told)
    if seen.document["edition"] == 1:
        return said
    return said + " · " + translate(N_("corrects edition {n}"), into, n=seen.document["edition"] - 1)


def _edition_mark(seen: Published, into: str) -> str:
    return " " + translate(N_("edition {n}"), into, n=seen.document["edition"])


def _day(seen: Published, into: str) -> str:
    return date_in(into, clock.day_of(seen.published_at, current().settings.timezone))


def _table(seen: Published, into: str) -> Grid:
    """Rank, unit, pieces, total, grade and card; columns nobody has anything in are left out."""
    if is_ladder(seen.document):
        return _ladder_table(seen, into)
    document, names = seen.document, names_of(seen.document, into)
    pieces, rows = pieces_of(document), records(seen.board)
    weights = {part["code"]: part["weight"] for part in document["rubric"].get("parts", ())}
    if document["scope"]["code"] == TOTAL:
        names |= {code: f"{names[code]} {weight}%" for code, weight in weights.items()}
    graded, carded = any(row["grade"] for row in rows), any(row["card"] for row in rows)
    heads = [translate(N_("Rank"), into), translate(N_("Unit"), into), *(names.get(code, code) for code in pieces)]
    heads += [translate(N_("Total"), into)]
    heads += [translate(N_("Grade"), into)] * graded + [translate(N_("Card"), into)] * carded
    body = []
    for row in rows:
        of = dict(document["board"][str(row["unit_id"])]["pieces"])
        cells = [str(row["rank"] or DASH), named_in(row, into, "unit")]
        cells += [_piece(code, of.get(code)) for code in pieces]
        cells += [DASH if row["total"] is None else f"{row['total']:.1f}"]
        cells += [names.get(row["grade"], DASH)] * graded
        cells += [word_in("card", row["card"], into) if row["card"] else ""] * carded
        body.append(_row(cells))
    head = tuple(Cell(title=one) for one in heads)
    return Grid((head,), tuple(body), narrow=frozenset({0}), flows=True)


def _ladder_table(seen: Published, into: str) -> Grid:
    """Rank by increase, unit, the figures of both years, what follows, reward."""
    heads = [N_("Rank"), N_("Unit"), N_("Year before"), N_("This year"), N_("Increase (%)"), N_("Step")]
    heads += [N_("Reward (yuan)")]
    body = []
    for row in records(seen.board):
        told = seen.document["board"][str(row["unit_id"])]["ladder"]
        rise = DASH if row["total"] is None else f"{row['total']:+.1f}"
        step = word_in("card", row["card"], into) if row["card"] else ""
        figures = [told[name]["shown"] or DASH for name in ("before", "now")]
        reward = "" if told["reward"] == "0" else told["reward"]
        body.append(_row([str(row["rank"] or DASH), named_in(row, into, "unit"), *figures, rise, step, reward]))
    head = tuple(Cell(title=translate(one, into)) for one in heads)
    return Grid((head,), tuple(body), narrow=frozenset({0}), flows=True)


def _row(cells: Sequence[str]) -> Row:
    return tuple(Cell((one,)) for one in cells)


def _piece(code: str, points: Mapping[str, str] | None) -> str:
    shown = points["shown"] if points else ""
    if not shown:
        return DASH
    return f"−{shown}" if code == "deduction" and float(shown) else shown


def _remarks(seen: Published, into: str) -> list[str]:
    """How numbers are rounded and ranks shared, what is missing and why, until when units may appeal."""
    document = seen.document
    if is_ladder(document):
        said = translate(N_("Ranked by the increase over the same months of the year before; equal ones share."), into)
        return [said, *_closing(seen, into)]
    told = [
        translate(N_("Added up exactly; every number is rounded once, half up, to one decimal."), into),
        translate(N_("Equal totals share the higher rank; the next rank is left free."), into),
    ]
    if document["scope"]["code"] != TOTAL:
        base = document["rubric"].get("base", "100")
        told.append(
            translate(N_("Where an item does not apply, the others are brought to {base} points."), into, base=base)
        )
    cap = document["rubric"].get("bonus_cap")
    if document["scope"]["code"] == TOTAL and cap is not None:
        told.append(translate(N_("Bonuses count up to {cap} points in a year."), into, cap=cap))
    return [*told, *_closing(seen, into)]


def _closing(seen: Published, into: str) -> list[str]:
    """What is missing and why, and until when units may appeal."""
    document, told = seen.document, []
    if document["missing"]:
        names = translate(N_(", "), into).join((into == "en" and en) or name for name, en, _ in document["missing"])
        told.append(translate(N_("Published without {units}: {reason}"), into, units=names, reason=document["reason"]))
    if seen.latest:
        told.append(translate(N_("Units may appeal until {day}."), into, day=date_in(into, seen.appeal_until)))
    return told


def _unmet(seen: Published, into: str) -> list[dict[str, str]]:
    names, board = names_of(seen.document, into), seen.document["board"]
    comma = translate(N_(", "), into)
    told = [
        {
            "unit": named_in(row, into, "unit"),
            "what": comma.join(names.get(code, code) for code in board[str(row["unit_id"])]["unmet"]),
        }
        for row in records(seen.board)
    ]
    return [one for one in told if one["what"]]


def _unmet_title(into: str) -> str:
    return translate(N_("Minimums and targets not reached"), into)


def _differences(seen: Published, into: str) -> list[dict[str, str]]:
    found = []
    for one in seen.document["differences"]:
        what, before, after = difference_in(one, seen.document, into)
        found.append({"unit": named_in(one, into, "unit"), "what": what, "before": before, "after": after})
    return found


def _differences_title(seen: Published, into: str) -> str:
    return translate(N_("What differs from edition {n}"), into, n=seen.document["edition"] - 1)


def _difference_line(one: Mapping[str, str]) -> str:
    return f"{one['unit']}: {one['what']} {one['before']} → {one['after']}"


def _values(seen: Published, office: Facts, into: str) -> Mapping[str, object]:
    """What the template may fill in (presets/forms.toml)."""
    unmet, differences = _unmet(seen, into), _differences(seen, into)
    zone = current().settings.timezone
    return {
        "office": office.name,
        "title": _title(seen, into),
        "subtitle": _subtitle(seen, into),
        "edition": _edition(seen, into),
        "remarks": "\n".join(_remarks(seen, into)),
        "unmet_title": _unmet_title(into) if unmet else "",
        "unmet": unmet,
        "differences_title": _differences_title(seen, into) if differences else "",
        "differences": differences,
        "publisher": seen.document["published_by"],
        "published_day": _day(seen, into),
        "today": date_in(into, clock.today(zone)),
    }
