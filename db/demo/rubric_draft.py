"""The demo's next edition of the year's rubric, being drafted: points moved from one item to another, a lower cap."""

from db.demo.town import Town
from db.engine import reading
from db.rules.scoring.drafting import digest, lines_of
from db.services.scoring import drafts, rubrics
from db.services.scoring.drafts import FRAME, place_of, some_of

KEY = "linli rubric draft"
# Points of items as drafted; both items change together, so that every period comes to its base again.
MOVED = {"books": "12", "plans": "13"}
BONUS_CAP = "8"


def draft_edition(town: Town, assessment_id: int) -> int:
    """Begin a new edition as the director and leave it a draft; answers its id."""
    director = town.people["director"]
    with reading() as session:
        standing = rubrics.latest(session, assessment_id)
    draft = rubrics.new_edition(director, rubric_id=standing.id, key=KEY)
    document = rubrics.parsed(standing.document)
    items = lines_of(document, "items")
    for code, points in MOVED.items():
        seen = digest(items[place_of(document, "items", code)])
        drafts.save_line(
            director, rubric_id=draft, what="items", line=code, version=seen, points=points, key=f"{KEY} {code}"
        )
    frame = some_of(document, FRAME)
    drafts.save_frame(
        director,
        rubric_id=draft,
        version=digest(frame),
        base=frame["base"],
        bonus_cap=BONUS_CAP,
        key=f"{KEY} frame",
    )
    return draft
