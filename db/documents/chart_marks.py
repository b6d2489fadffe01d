"""The marks of each kind of chart: bars beside or on one another, lines, heat maps, a single figure, a table."""

from db.documents import chart_words as words
from db.documents.chart_frame import BEFORE, NARROW, NOW, WIDE, Frame, Spec
from db.documents.chart_looks import on_top
from db.rules.briefings.chart import ChartKind

# Figures are printed on the marks as long as there are no more of them.
MOST_PRINTED, MOST_LYING, MOST_CELLS_PRINTED, MOST_POINTS, MOST_POINTS_PRINTED = 24, 60, 200, 40, 16
MOST_LINES, LONGEST_NAME = 24, 320
# So few bars would be broader than they are tall.
FEW = 4
# Figures are printed in cells of a heat map that are wider than this.
CELL = 24
# A piece of a stack smaller than this part of the longest bar has no room for its figure.
SMALL_PIECE = 0.07


def marks(frame: Frame) -> Spec:
    """Data, marks and encodings; a sentence in an empty frame when nothing was counted."""
    if words.is_empty(frame.drawn):
        return _sentence(frame, words.notes(frame.drawn, frame.language)[0])
    kinds = {
        ChartKind.LINE: _lines,
        ChartKind.HEAT: _heat,
        ChartKind.FIGURE: _figure,
        ChartKind.TABLE: _table,
        ChartKind.STACKED: _stack if frame.stacks else _bars,
    }
    return kinds.get(frame.kind, _bars)(frame)


# --- bars ---


def _bars(frame: Frame) -> Spec:
    """A bar for each place, or several abreast; with series and another period, a line across each bar tells it."""
    along, across = ("y", "x") if frame.lying else ("x", "y")
    both = frame.many and frame.compared
    abreast = "series" if frame.many else "period" if frame.compared else ""
    sort = [name for _, name in frame.series] if frame.many else [*frame.periods]
    offset = {f"{along}Offset": {"field": abreast, "sort": sort}} if abreast else {}
    shared = {along: frame.place_axis(), **offset}
    if offset or len(frame.places) <= FEW:
        shared[along] |= {"scale": {"paddingInner": 0.3 if offset else 0.5}}
    colour = frame.colour()
    rows = [row for row in frame.rows if not both or row["then"] == NOW]
    layers = [
        {
            "mark": {"type": "bar", "cornerRadiusEnd": 2, **frame.pointer},
            **frame.chosen(),
            "encoding": {
                across: frame.figure_axis(),
                "color": colour,
                "tooltip": frame.tooltip(),
                **frame.faded(),
            },
        }
    ]
    if both:
        # A line on the axis would tell nothing.
        then = [row for row in frame.rows if row["then"] == BEFORE and row["n"]]
        colour["scale"]["domain"].append(frame.periods[1])
        colour["scale"]["range"].append(frame.look.ink)
        colour["legend"]["columns"] = frame.columns(colour["scale"]["domain"])
        line = {"type": "tick", "orient": "vertical" if frame.lying else "horizontal"}
        at = {across: frame.figure_axis()}
        layers += [
            {"data": {"values": then}, "mark": line | {"thickness": 5, "color": frame.look.halo}, "encoding": at},
            {
                "data": {"values": then},
                "mark": line | {"thickness": 2.5},
                "encoding": at | {"color": {"datum": frame.periods[1]}, "tooltip": frame.tooltip()},
            },
        ]
    if len(rows) <= (MOST_LYING if frame.lying else MOST_PRINTED) and not frame.crowded:
        layers.append(_printed(frame, across, rows))
    else:
        layers.append(_printed(frame, across, [row for row in rows if row["hidden"]]))
    return {"data": {"values": rows}, "encoding": shared, "layer": layers}


def _printed(frame: Frame, across: str, rows: list[Spec]) -> Spec:
    """Figures at the ends of bars; a hidden one stands where its bar would begin."""
    beside = {"align": "left", "dx": 5} if across == "x" else {"baseline": "bottom", "dy": -4}
    texts = [row | {"end": row["n"] or 0} for row in rows if row["n"] is not None or row["hidden"]]
    return {
        "data": {"values": texts},
        "mark": {"type": "text", "color": frame.look.grey, "fontSize": 12, **beside},
        "encoding": {
            across: frame.figure_axis() | {"field": "end"},
            "text": {"field": "said", "type": "nominal"},
        },
    }


def _stack(frame: Frame) -> Spec:
    """Series on one another, each figure in its piece and the sum at the end; the other period beside, paler."""
    along, across = ("y", "x") if frame.lying else ("x", "y")
    offset = {f"{along}Offset": {"field": "period", "sort": [*frame.periods]}} if frame.compared else {}
    shared = {along: frame.place_axis(), **offset}
    rows, sums = _pieces(frame)
    pale: Spec = frame.faded()
    if frame.compared:
        legend = _legend(frame, "square")
        scale = {"domain": [*frame.periods], "range": [1, 0.45]}
        pale = {"opacity": {"field": "period", "type": "ordinal", "scale": scale, "legend": legend}}
    layers = [
        {
            "mark": {"type": "bar", **frame.pointer},
            **frame.chosen(),
            "encoding": {
                across: frame.figure_axis() | {"field": "begins"},
                f"{across}2": {"field": "ends"},
                "color": frame.colour(),
                "tooltip": frame.tooltip(),
                **pale,
            },
        },
        _in_pieces(frame, across, rows),
        _printed(frame, across, sums if len(sums) <= MOST_PRINTED and not frame.crowded else []),
    ]
    return {"data": {"values": rows}, "encoding": shared, "layer": layers}


def _pieces(frame: Frame) -> tuple[list[Spec], list[Spec]]:
    """Where each piece of each bar begins and ends; and the ends of bars with their sums (12 + * where one hides)."""
    pieces: list[Spec] = []
    sums: dict[tuple[str, str], Spec] = {}
    for row in frame.rows:
        whole = sums.setdefault((row["at"], row["then"]), row | {"n": 0, "hidden": False, "unseen": ""})
        ends = whole["n"] + (row["n"] or 0)
        pieces.append(row | {"begins": whole["n"], "ends": ends})
        whole["n"] = ends
        if row["hidden"]:
            whole["unseen"] = f" + {row['said']}"
    form = ",.2f" if any(whole["n"] != int(whole["n"]) for whole in sums.values()) else ",.0f"
    return pieces, [
        whole | {"said": f"{whole['n']:{form}}{whole['unseen']}" if whole["n"] else whole["unseen"].removeprefix(" + ")}
        for whole in sums.values()
    ]


def _in_pieces(frame: Frame, across: str, rows: list[Spec]) -> Spec:
    longest = max((row["ends"] for row in rows), default=0)
    ink = {name: on_top(frame.look.series[at % len(frame.look.series)]) for at, (_, name) in enumerate(frame.series)}
    told = [
        row | {"middle": (row["begins"] + row["ends"]) / 2, "ink": ink[row["series"]]}
        for row in rows
        if row["then"] == NOW and (row["n"] or 0) > SMALL_PIECE * longest
    ]
    return {
        "data": {"values": told if len(told) <= 2 * MOST_PRINTED and not frame.crowded else []},
        "mark": {"type": "text", "fontSize": 11, "color": {"expr": "datum.ink"}, "tooltip": None},
        "encoding": {
            across: frame.figure_axis() | {"field": "middle"},
            "text": {"field": "said", "type": "nominal"},
        },
    }


def _legend(frame: Frame, symbol: str) -> Spec:
    """What the periods look like, below a chart whose colours are told above it."""
    colours = {"symbolFillColor": frame.look.grey} if symbol == "square" else {"symbolStrokeColor": frame.look.grey}
    columns = frame.columns([*frame.periods])
    return {"title": None, "orient": "bottom", "symbolType": symbol, "labelLimit": 240, "columns": columns, **colours}


# --- lines ---


def _lines(frame: Frame) -> Spec:
    """A line for each series; the other period in its colour, or quiet when there is one series, and broken."""
    colour = frame.colour()
    if "legend" in colour:
        colour["legend"]["symbolType"] = "stroke"
    shared = {"x": frame.place_axis() | {"scale": {"type": "point", "padding": 0.3}}, "y": frame.figure_axis()}
    dashes: Spec = {}
    if frame.compared:
        legend = _legend(frame, "stroke") if frame.many else colour["legend"]
        scale = {"domain": [*frame.periods], "range": [[1, 0], [5, 4]]}
        dashes = {"strokeDash": {"field": "period", "type": "nominal", "scale": scale, "legend": legend}}
    detail = [{"field": "series", "type": "nominal"}, {"field": "period", "type": "nominal"}]
    size = 60 if len(frame.places) <= MOST_POINTS else 12
    layers: list[Spec] = [
        {"mark": {"type": "line", "strokeWidth": 2}, "encoding": {"color": colour, "detail": detail, **dashes}},
        {
            "mark": {"type": "point", "filled": True, "size": size, "opacity": 1, **frame.pointer},
            **frame.chosen(),
            "encoding": {"color": colour, "tooltip": frame.tooltip(), **frame.faded()},
        },
    ]
    alone = not frame.many and not frame.compared and len(frame.places) <= MOST_POINTS_PRINTED
    told = [row for row in frame.rows if row["hidden"] or (alone and row["then"] == NOW)]
    if told:
        layers.append(_printed(frame, "y", told))
        layers[-1]["mark"]["dy"] = -9
    return {"data": {"values": frame.rows}, "encoding": shared, "layer": layers}


# --- heat maps ---


def _heat(frame: Frame) -> Spec:
    """A cell for each place and series, darker (at night lighter) for more; hidden ones grey with their words."""
    x, y = ("series", "place") if frame.turned else ("place", "series")
    names = {"place": [name for _, name in frame.places], "series": [name for _, name in frame.series]}
    rows = [row for row in frame.rows if row["then"] == NOW]
    top, shades = frame.top, frame.look.shades
    for row in rows:
        share = (row["n"] or 0) / top if top else 0
        row["ink"] = frame.look.grey if row["n"] is None else on_top(shades[min(int(share * 10), 9)])
        row["printed"] = "" if row["n"] == 0 and frame.drawn.unit == "count" else row["said"]
    sides: Spec = {"type": "nominal", "title": None}
    shared = {
        "x": sides
        | {
            "field": x,
            "sort": names[x],
            "axis": {
                "labelAngle": 0,
                "labelOverlap": True,
                "labelSeparation": 6,
                "ticks": False,
                "domain": False,
            },
        },
        "y": sides
        | {
            "field": y,
            "sort": names[y],
            "axis": {"labelLimit": 170, "ticks": False, "domain": False, "labelPadding": 6},
        },
    }
    printed = len(rows) <= MOST_CELLS_PRINTED
    legend = None if printed else {"title": None, "orient": "top", "gradientLength": 160}
    cell: Spec = {"type": "rect", "cornerRadius": 2, "stroke": frame.look.halo, "strokeWidth": 2}
    colour = {
        "field": "n",
        "type": "quantitative",
        "scale": {"range": list(shades), "domain": [0, top or 1]},
        "legend": legend,
    }
    layers: list[Spec] = [
        {"mark": cell | {"color": frame.look.line, "opacity": 0.5}},
        {
            "transform": [{"filter": "isValid(datum.n)"}],
            "mark": cell | frame.pointer,
            **frame.chosen(),
            "encoding": {"color": colour, "tooltip": frame.tooltip(), **frame.faded()},
        },
    ]
    told = rows if printed else [row for row in rows if row["hidden"]]
    across = len(frame.series if frame.turned else frame.places)
    size = frame.by_window(*(11 if width > CELL * across else 0 for width in (NARROW, WIDE, frame.width)))
    layers.append(
        {
            "data": {"values": told},
            "mark": {"type": "text", "fontSize": size, "color": {"expr": "datum.ink"}, "tooltip": None},
            "encoding": {"text": {"field": "printed", "type": "nominal"}},
        }
    )
    return {"data": {"values": rows}, "encoding": shared, "layer": layers}


# --- words as marks ---


def _figure(frame: Frame) -> Spec:
    """One large figure, what it measures above it, and how far it moved below."""
    drawn, language, look = frame.drawn, frame.language, frame.look
    told = words.change(drawn, language)
    before = words.figure(drawn.total_before, drawn, language) if drawn.total_before is not None else ""
    below = " · ".join(part for part in (told, f"{frame.periods[1]}: {before}" if before else "") if part)
    made = words.worked_out(drawn.total, language)
    lines = [
        (drawn.measure.within(language), 15, look.grey, 18, "normal"),
        (words.figure(drawn.total, drawn, language), 52, look.series[0], 66, "bold"),
        (made or below, 14, look.grey, 108, "normal"),
        (below if made else "", 14, look.grey, 130, "normal"),
    ]
    return {
        "data": {"values": [{}]},
        "layer": [
            {
                "mark": {
                    "type": "text",
                    "text": text,
                    "align": "left",
                    "baseline": "middle",
                    "x": 4,
                    "y": y,
                    "fontSize": size,
                    "color": colour,
                    "fontWeight": weight,
                    "tooltip": None,
                }
            }
            for text, size, colour, y, weight in lines
            if text
        ],
    }


def _table(frame: Frame) -> Spec:
    """The table as a picture: heads, a line under them, figures to the right; what is too long for one ends in …."""
    heads, rows = words.table(frame.drawn, frame.language)
    rest = len(rows) - MOST_LINES
    lines = [heads, *rows[:MOST_LINES], *([["…"]] if rest > 0 else [])]
    first = min(LONGEST_NAME, max(frame.width // 3, 90))
    column = (frame.width - first - 10) / max(len(heads) - 1, 1)
    values = [
        {
            "text": text,
            "x": 4 if not place else first + column * place - 6,
            "y": 14 + 26 * line,
            "kind": "head" if not line else "name" if not place else "figure",
        }
        for line, texts in enumerate(lines)
        for place, text in enumerate(texts)
    ]
    line = {"type": "rule", "x": 0, "x2": frame.width, "y": 27, "color": frame.look.quiet}
    layers: list[Spec] = [{"data": {"values": [{}]}, "mark": line, "encoding": {}}]
    for name, test in (("left", "datum.x == 4"), ("right", "datum.x != 4")):
        limit = (first if name == "left" else column) - 12
        layers.append(
            {
                "data": {"values": values},
                "transform": [{"filter": test}],
                "mark": {"type": "text", "align": name, "baseline": "middle", "fontSize": 13, "limit": limit},
                "encoding": {
                    "x": {"field": "x", "type": "quantitative", "scale": None, "axis": None},
                    "y": {"field": "y", "type": "quantitative", "scale": None, "axis": None},
                    "text": {"field": "text", "type": "nominal"},
                    "color": {
                        "condition": {"test": "datum.kind == 'head'", "value": frame.look.grey},
                        "value": frame.look.ink,
                    },
                },
            }
        )
    return {"layer": layers}


def _sentence(frame: Frame, said: str) -> Spec:
    """An empty frame with a sentence."""
    return {
        "data": {"values": [{}]},
        "view": {"stroke": frame.look.line},
        "mark": {
            "type": "text",
            "text": said,
            "color": frame.look.grey,
            "fontSize": 14,
            "limit": frame.width - 20,
            "tooltip": None,
        },
    }
