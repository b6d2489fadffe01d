"""What can be wrong: a problem beside its field, a refusal, a missing record, a record somebody else changed."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass


def N_(message: str) -> str:  # noqa: N802 - the gettext convention for "translate later"
    """Mark a message for the catalogue; it is translated where it is shown."""
    return message


@dataclass(frozen=True)
class Named:
    """A name of the office's own in Chinese, and in English where one is given; a value of a problem."""

    name: str
    name_en: str = ""

    def __str__(self) -> str:
        return self.name

    def within(self, language: str) -> str:
        """The name in a language."""
        return self.name_en if language == "en" and self.name_en else self.name


@dataclass(frozen=True)
class Problem:
    """One thing wrong with one field; `message` is a catalogue entry with {named} places."""

    field: str
    message: str
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)


class LinliError(Exception):
    """Base of everything the office is told in a sentence."""


class Problems(LinliError):
    """Input that can't be taken; nothing was written."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(f"{p.field}: {p.message.format(**p.values)}" for p in problems))
        self.problems = problems


class Refused(LinliError):
    """The actor may not do this."""


class NotThere(LinliError):
    """No such record for this actor: missing and forbidden look the same."""


class Changed(LinliError):
    """Somebody saved first. `theirs` is what stands now, `mine` what was about to be written."""

    def __init__(
        self, *, theirs: Mapping[str, object], mine: Mapping[str, object], by: str = "", version: int = 0
    ) -> None:
        super().__init__("changed by somebody else meanwhile")
        self.theirs = theirs
        self.mine = mine
        self.by = by
        self.version = version


class Check:
    """Collects problems so that all are told at once."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []

    def that(self, fine: object, field: str, message: str, **values: object) -> bool:
        """Note a problem unless `fine`; answers whether it was fine."""
        if not fine:
            self._problems.append(Problem(field, message, values))
        return bool(fine)

    def done(self) -> None:
        """Raise Problems when any was noted."""
        if self._problems:
            raise Problems(*self._problems)
