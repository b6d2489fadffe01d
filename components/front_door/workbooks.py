"""A list as a workbook with a second sheet that says what it is, who took it and when."""

from collections.abc import Sequence

from components.words import moment, translate
from db import clock
from db.documents import workbook
from db.documents.names import file_name, sheet_name
from db.documents.workbook import Head
from db.engine import current
from db.rules.permissions import Actor
from db.rules.problems import N_

About = Sequence[tuple[str, str]]


def made(
    actor: Actor,
    title: str,
    headings: Sequence[str],
    rows: Sequence[Sequence[object]],
    about: About,
    into: str,
    *,
    head: Head | None = None,
) -> tuple[str, bytes]:
    """File name and content; title, headings and the names in `about` are messages, a heading may be plain text."""
    named, day = translate(title, into), clock.today(current().settings.timezone)
    first = [(N_("Taken by"), actor.name), (N_("Taken at"), moment(clock.now()))]
    content = workbook.table(
        [translate(heading, into) for heading in headings],
        rows,
        sheet=sheet_name(named),
        about=[(translate(name, into), value) for name, value in (*first, *about)],
        about_sheet=translate(N_("About this list"), into),
        zone=current().settings.timezone,
        head=head,
    )
    return file_name(f"{named} {day:%Y-%m-%d}.xlsx"), content
