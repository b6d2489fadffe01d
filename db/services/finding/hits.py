"""What a search found."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A record. `text` and `place` hold what was found besides the subject; `why` tells what found it (number, merged,
    words, name, initials, tail, contact), `merged` the number that went into it, `who` the masked party."""

    id: int
    number: str
    subject: str
    text: str
    state: str
    unit: str
    unit_en: str = ""
    place: str = ""
    why: str = "words"
    merged: str = ""
    who: str = ""


@dataclass(frozen=True)
class Group:
    """The first hits of a register and how many there are; `more` when counting ended there."""

    hits: tuple[Hit, ...] = ()
    total: int = 0
    more: bool = False


@dataclass(frozen=True)
class Named:
    """A unit or a handler whose matters are a list."""

    id: int
    name: str
    name_en: str = ""


@dataclass(frozen=True)
class Found:
    """Everything a text found. `slowly`: residents were not looked for, because too many were in a few minutes."""

    text: str
    cases: Group = field(default_factory=Group)
    disputes: Group = field(default_factory=Group)
    case_parties: tuple[Hit, ...] = ()
    dispute_parties: tuple[Hit, ...] = ()
    units: tuple[Named, ...] = ()
    handlers: tuple[Named, ...] = ()
    slowly: bool = False

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        groups = (self.cases.hits, self.disputes.hits, self.case_parties, self.dispute_parties)
        return not any((*groups, self.units, self.handlers))
