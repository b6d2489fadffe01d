"""A superior's layout leaves here: filled from its register, or with made-up lines to try it."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from components.front_door.attached import attached
from components.front_door.routes import id_in_path, signed_in
from components.register_words import told
from db import clock
from db.documents import layout_book, word, workbook
from db.documents.names import file_name
from db.engine import current
from db.languages import date_in
from db.rules.layouts import ROW, Format, formatted
from db.rules.ledgers import REGISTERS
from db.rules.permissions import Actor
from db.services import layouts
from db.services.layouts import Seen
from db.services.ledgers.asking import Line


def of_layout(actor: Actor, token: str) -> tuple[str, bytes]:
    """A layout filled with the lines asked for."""
    taken = layouts.fetch(actor, token=token)
    into, choice = taken.language, taken.choice
    words = {"begins": date_in(into, choice.begins), "ends": date_in(into, choice.ends), "office": taken.office.name}
    return filled(actor, taken.layout, taken.content, taken.lines, words, into)


def send_sample(request: Request) -> Response:
    """A layout with made-up lines."""
    actor = signed_in(request)
    seen, content, lines = layouts.sample(actor, layout_id=id_in_path(request, "layout_id"))
    today = date_in("zh", clock.today(current().settings.timezone))
    name, made = filled(actor, seen, content, lines, {"office": "", "begins": today, "ends": today}, "zh")
    return attached(name, made, word.MEDIA_TYPE if seen.is_word else workbook.MEDIA_TYPE)


def filled(
    actor: Actor, seen: Seen, content: bytes, lines: Sequence[Line], words: dict[str, str], into: str
) -> tuple[str, bytes]:
    """File name and content."""
    day = clock.today(current().settings.timezone)
    words = words | {"today": date_in(into, day), "count": str(len(lines))}
    if seen.is_word:
        rows = _texts(actor, seen, lines, into)
        shape = layouts.shape_of(seen.register)
        made = word.fill(content, shape, layouts.told_words(words, rows))
        return file_name(f"{seen.name} {day:%Y-%m-%d}.docx"), made
    made = layout_book.filled(content, seen.plan, _cells(actor, seen, lines, into), words)
    return file_name(f"{seen.name} {day:%Y-%m-%d}.xlsx"), made


def _cells(actor: Actor, seen: Seen, lines: Sequence[Line], into: str) -> list[list[object]]:
    """The values of every column, in its format."""
    fields = REGISTERS[seen.register]
    columns = seen.plan.columns
    known = [fields[column.field] for column in columns if column.field != ROW]
    said = told(actor, known, lines, into)
    rows: list[list[object]] = []
    for n, (line, words) in enumerate(zip(lines, said, strict=True), 1):
        in_words: Any = iter(words)
        rows.append([
            n if column.field == ROW else formatted(next(in_words), line.get(column.field), column.format)
            for column in columns
        ])  # fmt: skip
    return rows


def _texts(actor: Actor, seen: Seen, lines: Sequence[Line], into: str) -> list[dict[str, str]]:
    fields = tuple(REGISTERS[seen.register].values())
    form = Format.DAY_ZH if into == "zh" else Format.DAY_TEXT
    return [
        {ROW: str(n)}
        | {field.name: str(formatted(value, None, form) or "") for field, value in zip(fields, row, strict=True)}
        for n, row in enumerate(told(actor, fields, lines, into), 1)
    ]


ROUTES = [Route("/layout/{layout_id:int}/sample", send_sample, methods=["GET"])]
