"""Figures of a chart in words: the one way they are written on screen, in pictures, slides, sheets and reports."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from db.engine import current
from db.languages import moment_in, speaker
from db.rules.briefings.chart import Cell, Drawn, Words

# Nothing told aloud is longer than so many figures; the table has them all.
MOST_SPOKEN = 60
HIDDEN = "*"
_DECIMALS = {"days": 1, "points": 1}


def headline(drawn: Drawn, language: str) -> str:
    """What the chart is called: its own title, else its measure and what it is split by."""
    if title := drawn.title.within(language):
        return title
    parts = [drawn.measure, drawn.split_name, drawn.by_name]
    return " · ".join(said for part in parts if (said := part.within(language)))


def shown(cell: Cell | None, drawn: Drawn, language: str) -> str:
    """A figure without its unit: 1,234, 12.5%, – where there is nothing to divide by.

    A hidden one is <5 when it stands alone. Beside others it is *, because it may be a larger one that would give a
    small one away; and two known to be below 5 with a sum of 8 would both be 4.
    A place where nothing was counted (None) is 0 for counts and sums of money, – for everything else.
    """
    if cell is None:
        return "0" if drawn.unit in ("count", "yuan") else "–"
    if cell.hidden:
        t = speaker(language)
        return t("<{n}", n=drawn.below) if len(drawn.cells) <= 1 else HIDDEN
    return _number(cell.value, drawn.unit)


def figure(cell: Cell | None, drawn: Drawn, language: str) -> str:
    """The same with its unit: 3.5 days, 1,200 yuan; counts and rates have none."""
    t, said = speaker(language), shown(cell, drawn, language)
    units = {
        "days": t("{amount} days", amount=said),
        "yuan": t("{amount} yuan", amount=said),
        "points": t("{amount} points", amount=said),
    }
    return said if said == "–" else units.get(drawn.unit, said)


def worked_out(cell: Cell | None, language: str) -> str:
    """What a rate is made of: 12 of 40; nothing for other figures and for hidden ones."""
    if cell is None or cell.hidden or not cell.of:
        return ""
    t = speaker(language)
    return t("{n} out of {all}", n=f"{cell.n:,}", all=f"{cell.of:,}")


def change(drawn: Drawn, language: str, now: Cell | None = None, before: Cell | None = None) -> str:
    """How far the total, or one cell, moved against the other period: +3, +12%; rates in percentage points.

    Nothing when there is no other period, or either figure is hidden or missing.
    """
    t = speaker(language)
    now, before = (now, before) if now is not None else (drawn.total, drawn.total_before)
    if now is None or before is None or now.hidden or before.hidden or now.value is None or before.value is None:
        return ""
    moved = now.value - before.value
    if _number(abs(moved), drawn.unit) == _number(0, drawn.unit):
        return t("no change")
    sign = "+" if moved > 0 else "-"
    if drawn.unit == "rate":
        return t("{n} percentage points", n=f"{sign}{abs(moved) * 100:.1f}")
    told = f"{sign}{_number(abs(moved), drawn.unit)}"
    if before.value <= 0:
        return told
    return t("{change}, {share}", change=told, share=f"{sign}{abs(moved) / before.value:.0%}")


def days(first: date | None, last: date | None, language: str) -> str:
    """2026-11-01 to 2026-11-15; one day alone; an open end in words."""
    t = speaker(language)
    if first is not None and last is not None:
        return f"{first}" if first == last else t("{first} to {last}", first=first, last=last)
    if first is not None:
        return t("{day} and later", day=first)
    return t("until {day}", day=last) if last is not None else t("all days")


def caption(drawn: Drawn, language: str) -> str:
    """Days, what it stands beside, filters, and when it was counted: the line every chart carries."""
    t = speaker(language)
    beside = days(drawn.before_first, drawn.before_last, language) if compared(drawn) else ""
    parts = [
        days(drawn.first, drawn.last, language),
        t("compared with {days}", days=beside) if beside else "",
        *(
            t("{name}: {value}", name=name.within(language), value=_listed(kept, language))
            for name, kept in drawn.filters
        ),
        t("as of {time}", time=moment_in(current().settings.timezone, drawn.as_of)),
    ]
    return " · ".join(part for part in parts if part)


def definition(drawn: Drawn, language: str) -> str:
    """How the measure is counted: Success rate: succeeded ÷ accepted; nothing when it needs no telling."""
    said = drawn.definition.within(language)
    name = drawn.measure.within(language)
    t = speaker(language)
    return t("{name}: {value}", name=name, value=said) if said and said != name else said


def notes(drawn: Drawn, language: str) -> tuple[str, ...]:
    """What a reader must know beside the figures: hidden small ones, places folded into one, nothing counted."""
    t = speaker(language)
    hidden = any(cell.hidden for cell in (*drawn.cells, *drawn.before, drawn.total))
    alone = t("Numbers below {n} are not shown, so that nobody can be recognised.", n=drawn.below)
    among = t("* stands for a number below {n}, or for one that would give such a number away.", n=drawn.below)
    return tuple(
        said
        for applies, said in (
            (is_empty(drawn), t("Nothing was counted for this question.")),
            (
                hidden and len(drawn.cells) > 1 and all(cell.hidden or not cell.value for cell in drawn.cells),
                t("Nearly every number here is small. Fewer divisions or more days show more."),
            ),
            (hidden, alone if len(drawn.cells) <= 1 else among),
            (drawn.cut > 0, t("The {n} smallest stand together as one.", n=drawn.cut)),
        )
        if applies
    )


def compared(drawn: Drawn) -> bool:
    """Whether it stands beside another period."""
    return drawn.total_before is not None


def now_and_before(drawn: Drawn, language: str) -> tuple[str, str]:
    """What the two periods are called in a legend or at the head of a column."""
    return days(drawn.first, drawn.last, language), days(drawn.before_first, drawn.before_last, language)


def beside(name: str, language: str) -> str:
    """What a series or a place is called in the other period."""
    return speaker(language)("{name} (compared)", name=name)


def is_empty(drawn: Drawn) -> bool:
    """Whether there is no figure at all to be drawn."""
    return not any(cell.hidden or cell.value or cell.of for cell in (*drawn.cells, *drawn.before, drawn.total))


def named_places(drawn: Drawn, language: str) -> list[tuple[str, str]]:
    """Code and name of each place of the axis, in order; a name that occurs twice carries its code."""
    return _named([(place.code, place.name.within(language) or drawn.measure.within(language)) for place in drawn.at])


def named_series(drawn: Drawn, language: str) -> list[tuple[str, str]]:
    """The same of the series; a single one without a name is called what is measured."""
    return _named([(one.code, one.name.within(language) or drawn.measure.within(language)) for one in drawn.what])


def table(drawn: Drawn, language: str) -> tuple[list[str], list[list[str]]]:
    """Heads and rows as they are read: the axis down, series across, and beside each its figure of the other period.

    Without an axis one row, named after the measure.
    """
    known = {(cell.at, cell.what): cell for cell in drawn.cells}
    then = {(cell.at, cell.what): cell for cell in drawn.before}
    places = named_places(drawn, language) or [("", drawn.measure.within(language))]
    series = [(one.code, one.name) for one in drawn.what] or [("", Words("", ""))]
    heads, rows = [drawn.split_name.within(language)], [[name] for _, name in places]
    for code, named in series:
        heads += _heads(named.within(language), drawn, language)
        for row, (at, _) in zip(rows, places, strict=True):
            now, before = known.get((at, code)), then.get((at, code))
            row.append(shown(now, drawn, language))
            if compared(drawn):
                row.append(shown(before, drawn, language))
    return heads, rows


def spoken(drawn: Drawn, language: str) -> str:
    """The chart for who cannot see it: what it is called and its figures one after the other."""
    said = "; ".join(one for one, _ in zip(_told(drawn, language), range(MOST_SPOKEN), strict=False))
    return f"{headline(drawn, language)}: {said}"


def _told(drawn: Drawn, language: str) -> Iterator[str]:
    at = {place.code: place.name.within(language) for place in drawn.at}
    what = {one.code: one.name.within(language) for one in drawn.what}
    for cell in drawn.cells:
        names = [at.get(cell.at, ""), what.get(cell.what, ""), shown(cell, drawn, language)]
        yield " ".join(name for name in names if name)
    if not drawn.cells:
        yield figure(drawn.total, drawn, language)


def _heads(series: str, drawn: Drawn, language: str) -> list[str]:
    name = series or drawn.measure.within(language)
    if not compared(drawn):
        return [name]
    return [series, beside(series, language)] if series else [*now_and_before(drawn, language)]


def _named(entries: list[tuple[str, str]]) -> list[tuple[str, str]]:
    names = Counter(name for _, name in entries)
    return [(code, f"{name} ({code})" if names[name] > 1 and code else name) for code, name in entries]


def _listed(kept: tuple[Words, ...], language: str) -> str:
    t = speaker(language)
    return t(", ").join(one.within(language) for one in kept)


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return "–"
    if unit == "rate":
        return f"{value:.1%}"
    places = 2 if unit == "yuan" and value != int(value) else _DECIMALS.get(unit, 0)
    return f"{value:,.{places}f}"
