"""The next 90 days on one line: where each name stands, and in which lane its label fits without crossing another."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils import formats

from domains.models import Domain
from domains.queries import HORIZON
from macaw.formats import words
from macaw.kernel import clock

DRAWN = 12  # more names than this are a list, not a drawing
AXIS = 76
ABOVE, NEAR, FAR = 40, 106, 144  # baselines of the three lanes: one above the axis, two below
NARROWEST = 620  # pixels of the drawing on the smallest screen that shows it
LETTER = 7.6
MARGIN = 18


@dataclass(frozen=True, slots=True)
class Point:
    """A name, placed: x in percent, the baseline of its label, and whether the label ends at the point."""

    domain: Domain
    x: str
    y: int
    ends: bool

    @property
    def label(self) -> str:
        return words.unicode_name(self.domain.domain_name).partition(".")[0]

    @property
    def suffix(self) -> str:
        return words.unicode_name(self.domain.domain_name).removeprefix(self.label)

    @property
    def stem(self) -> int:
        """Where the line from the axis to the label stops."""
        return self.y - 10 if self.y < AXIS else self.y + 3

    @property
    def second(self) -> int:
        """Baseline of the label's second line."""
        return self.y + 17

    @property
    def dx(self) -> int:
        return -8 if self.ends else 8


@dataclass(slots=True)
class _Lanes:
    """What is taken: label spans in each lane, and lines that a label of that lane must not cross."""

    labels: dict[int, list[tuple[float, float]]] = field(default_factory=lambda: {ABOVE: [], NEAR: [], FAR: []})
    lines: dict[int, list[float]] = field(default_factory=lambda: {ABOVE: [], NEAR: [], FAR: []})

    def place(self, x: float, width: float) -> tuple[int, bool] | None:
        """The first lane with room for a label that starts at x, or else ends there."""
        for ends in (False, True):
            span = (x - width, x) if ends else (x, x + width)
            if span[0] < 0 or span[1] > 100:  # noqa: PLR2004  # percent
                continue
            for lane in (NEAR, ABOVE, FAR):
                if self._free(lane, span, x):
                    self.labels[lane].append(span)
                    self.lines[lane].append(x)
                    if lane == FAR:
                        self.lines[NEAR].append(x)  # its stem passes there
                    return lane, ends
        return None

    def _free(self, lane: int, span: tuple[float, float], x: float) -> bool:
        overlaps = any(span[0] < taken[1] and taken[0] < span[1] for taken in self.labels[lane])
        crosses = any(span[0] < line < span[1] for line in self.lines[lane])
        crossed = lane == FAR and any(start < x < end for start, end in self.labels[NEAR])
        return not (overlaps or crosses or crossed)


def _percent(x: float) -> str:
    return f"{x:.2f}%"


def _position(day: date) -> float:
    return (day - clock.today()).days / HORIZON.days * 100


def months() -> list[tuple[str, str]]:
    """Where each coming month begins, and its short name."""
    return [(_percent(_position(day)), formats.date_format(day, "M")) for day in _firsts()]


def _firsts() -> Iterator[date]:
    day = (clock.today().replace(day=1) + timedelta(days=32)).replace(day=1)
    while day < clock.today() + HORIZON - timedelta(days=5):  # a name at the very edge would run out of the drawing
        yield day
        day = (day + timedelta(days=32)).replace(day=1)


def points(names: list[Domain]) -> list[Point] | None:
    """Each name in its place, or None where they are too many or too close to be drawn."""
    if len(names) > DRAWN:
        return None
    lanes = _Lanes()
    lanes.lines[ABOVE] += [_position(day) for day in _firsts()]
    placed = []
    for domain in names:
        x = _position(words.day(domain.expiration_date))
        width = (max(len(words.unicode_name(domain.domain_name)), 6) * LETTER + MARGIN) / NARROWEST * 100
        found = lanes.place(x, width)
        if found is None:
            return None
        placed.append(Point(domain, _percent(x), *found))
    return placed
