"""What the demo's residents bring: plots, texts and places from db/presets/demo.toml, dealt out without repeats."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from db.rules.cases import Kind

PLACES = {"any": ("rural", "home", "street"), "urban": ("home", "street")}


@dataclass(frozen=True)
class Plot:
    """How one matter goes: which story, how many days ago it began, and the state it waits in."""

    plot: str
    oldest: int
    newest: int
    until: str = ""
    kind: str = Kind.REQUEST
    grade: str = ""
    source: str = ""
    channel: str = ""
    anonymous: bool = False
    joint: bool = False
    late: bool = False
    child: bool = False


@dataclass(frozen=True)
class Matter:
    """One matter as told, its places filled in."""

    topic: str
    category: str
    unit: str
    co: str
    subject: str
    text: str
    request: str
    place: str
    since: str
    facts: str
    basis: str
    words: str
    facts_explained: str
    explained: str


class Matters:
    """The deck of matters; every draw takes the topic drawn least often that fits."""

    def __init__(self, told: Mapping[str, Any], thin: int = 1, *, first_resident: int = 0) -> None:
        self._told, self._thin = told, thin
        self._drawn: dict[str, int] = {}
        self.phrases: Mapping[str, list[str]] = told["phrases"]
        self.referrals: Mapping[str, str] = told["referrals"]
        self._people = told["residents"]
        self._next_resident = first_resident

    def plots(self) -> Iterator[Plot]:
        """Every matter's plot, in the order of the file."""
        for row in self._told["plot"]:
            fields = {name: value for name, value in row.items() if name != "count"}
            yield from (Plot(**fields) for _ in range(-(-row["count"] // self._thin)))

    def draw(self, plot: Plot, dice: Random) -> Matter:
        """A matter of the plot's kind, with a place that suits it."""
        fitting = [m for m in self._told["matter"] if m.get("kind", Kind.REQUEST) == plot.kind]
        marks = {"joint": plot.joint, "child": plot.child, "quick": plot.plot == "on_spot"}
        for mark in (name for name, asked in marks.items() if asked):
            fitting = [m for m in fitting if m.get(mark)]
        fewest = min(self._drawn.get(m["topic"], 0) for m in fitting)
        chosen = dice.choice([m for m in fitting if self._drawn.get(m["topic"], 0) == fewest])
        turn = self._drawn[chosen["topic"]] = fewest + 1
        return self.fill(chosen, dice, turn)

    def fill(self, chosen: Mapping[str, Any], dice: Random, turn: int) -> Matter:
        """One telling of a topic: the next of its texts, at a place that suits it."""
        where = chosen.get("where", "any")
        spots = [p for p in self._told["place"] if p["kind"] in PLACES.get(where, (where,))]
        spot = dice.choice(spots)
        values = {
            "place": spot["name"],
            "number": dice.choice((3, 5, 6, 8, 12, 15, 20)),
            "since": dice.choice(self.phrases["since"]),
            "hour": dice.choice(self.phrases["hours"]),
            "night": dice.choice(self.phrases["nights"]),
        }
        text = chosen["texts"][(turn - 1) % len(chosen["texts"])]

        def unit(key: str) -> str:
            return str(spot["village"]) if key == "village" else key

        def filled(name: str) -> str:
            return str(chosen.get(name, "")).format(**values)

        return Matter(
            topic=chosen["topic"],
            category=chosen["category"],
            unit=unit(chosen["unit"]),
            co=unit(chosen.get("co", "enforcement" if chosen["unit"] == "village" else "village")),
            subject=filled("subject"),
            text=text.format(**values),
            request=filled("request"),
            place=spot["name"],
            since=values["since"],
            facts=filled("facts"),
            basis=filled("basis"),
            words=filled("words"),
            facts_explained=self.phrase("facts_explained", dice),
            explained=filled("explained") or filled("words"),
        )

    def phrase(self, name: str, dice: Random) -> str:
        """One of the phrases of a kind."""
        return dice.choice(self.phrases[name])

    def resident(self) -> tuple[str, str]:
        """The next invented name (a solar term after the surname) and an invented number."""
        turn, people = self._next_resident, self._people
        self._next_resident += 1
        surname = people["surnames"][turn % len(people["surnames"])]
        given = people["given"][(turn * 7 + turn // len(people["surnames"])) % len(people["given"])]
        return surname + given, f"1540000{(turn * 37 + 101) % 10000:04d}"
