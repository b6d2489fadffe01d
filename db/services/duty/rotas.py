"""Rotas: drawn up with every place open, listed, and looked at with rules, counts and score."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd
from sqlalchemy import delete, exists, func, insert, select
from sqlalchemy.orm import Session, aliased

from db import clock
from db.engine import current, reading, transaction
from db.models import (
    CalendarDay,
    Duty,
    DutyAbsence,
    DutyMember,
    DutyPost,
    DutyShift,
    Person,
    Rota,
    RotaChange,
    RotaPlace,
    RotaSearch,
)
from db.rules.duty.breaking import Break, breaks_of
from db.rules.duty.counts import MEASURES, Score, Standing, Tally, group_of, score_of, tally_of
from db.rules.duty.needs import Wanted, day_kind, days_between, places_of, span
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Check, Problem, Problems
from db.services.acts import earlier, guarded, remember
from db.services.calendar import working_calendar
from db.services.duty import ground, scope
from db.services.duty.ground import Planned
from db.services.duty.rows import frame
from db.services.records import seen

ROTAS = ["id", "version", "duty_id", "duty", "duty_en", "title", "from_on", "until_on", "state", "number"]
ROTAS += ["provisional", "places", "open", "changes", "made_at", "published_at"]
STORED = ["id", "version", "on_day", "post_id", "shift_id", "role", "place", "member_id", "published_id", "fixed"]
STORED += ["begins_at", "ends_at"]
PLACES = [*STORED, "mark", "moved_from"]
MEMBERS = ["id", "name", "roles", "skills", "posts", "team", "share", "reserve", "person_id", "active"]
ABSENCES = ["id", "member_id", "kind", "from_on", "until_on", "shift_id", "weight"]
DAYS = ["day", "kind", "name", "period", "known"]
COUNTS = ["member_id", "member", "group", "share", *MEASURES]
COUNTS += [f"ever_{name}" for name in MEASURES] + [f"over_{name}" for name in MEASURES]
CHANGES = ["id", "place_id", "on_day", "post_id", "shift_id", "role", "kind", "was_id", "was", "becomes_id", "becomes"]
CHANGES += ["swap_id", "reason", "person", "at"]
MOST_DAYS = 366
MOST_TITLE = 80
