"""A published result and the list of all of them as workbooks."""

from components.front_door.workbooks import made
from components.words import moment, translate
from db.rules.permissions import Actor
from db.rules.problems import N_
from db.services.duty.rows import records
from db.services.scoring import result_exports
from db.services.scoring.result_words import is_ladder, named_in, names_of, pieces_of, word_in


def of_result(actor: Actor, token: str) -> tuple[str, bytes]:
    """Ranks, totals, grades and cards with the pieces of every total."""
    seen, into = result_exports.fetch_result(actor, token=token)
    document, board = seen.document, seen.document["board"]
    names, pieces = names_of(document, into), pieces_of(document)
    headings = [N_("Rank"), N_("Unit"), *(names.get(code, code) for code in pieces)]
    headings += [N_("Increase (%)") if is_ladder(document) else N_("Total")]
    headings += [N_("Grade"), N_("Card"), N_("Minimums and targets not reached")]
    rows = []
    for row in records(seen.board):
        told = board[str(row["unit_id"])]
        shown = {code: float(points["shown"]) for code, points in told["pieces"] if points["shown"]}
        unmet = translate(N_(", "), into).join(names.get(code, code) for code in told["unmet"])
        card = word_in("card", row["card"], into) if row["card"] else ""
        numbers = [row["rank"], named_in(row, into, "unit"), *(shown.get(code) for code in pieces), row["total"]]
        rows.append([*numbers, names.get(row["grade"], ""), card, unmet])
    if is_ladder(document):
        headings[2:2] = [N_("Year before"), N_("This year")]
        for place, row in enumerate(records(seen.board)):
            told = board[str(row["unit_id"])]["ladder"]
            rows[place][2:2] = [told[name]["shown"] or None for name in ("before", "now")]
    scope, assessment = document["scope"], document["assessment"]
    about = [
        (N_("Assessment"), f"{named_in(assessment, into)} {assessment['year']}"),
        (N_("Published result"), named_in(scope, into)),
        (N_("Edition"), str(document["edition"])),
        (N_("Published by"), document["published_by"]),
        (N_("When published"), moment(seen.published_at)),
    ]
    return made(actor, N_("Published result"), headings, rows, about, into)


def of_publications(actor: Actor, token: str) -> tuple[str, bytes]:
    """The list as its screen shows it."""
    taken = result_exports.fetch_publications(actor, token=token)
    into = taken.language
    headings = [N_("Published result"), N_("Assessment"), N_("Year"), N_("Edition"), N_("Units")]
    headings += [N_("When published"), N_("Published by")]
    rows = [
        [
            *(named_in(row, into), named_in(row, into, "assessment"), row["year"], row["edition"], row["units"]),
            *(row["published_at"], row["published_by"]),
        ]
        for row in records(taken.rows)
    ]
    return made(actor, N_("Results"), headings, rows, [(N_("Rows"), str(len(rows)))], into)
