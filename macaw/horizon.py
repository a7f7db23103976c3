"""The next 90 days on one line: where each name stands, and in which lane its label fits without crossing another."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import formats

from domains.models import Domain
from domains.queries import HORIZON
from macaw.formats import words
from macaw.kernel import clock

DRAWN = 12  # more names than this are a list, not a drawing
AXIS = 76
ABOVE, NEAR, FAR = 40, 106, 144  # baselines of the three lanes: one above the axis, two below
NARROWEST = 800  # pixels of the smallest drawing: macaw.css shows the list below 50rem
LETTER = 7  # pixels of a letter of a label, on the wide side
MARGIN = 18  # pixels between a label and its point, and to the next label
WHOLE = 100.0  # percent
PATIENCE = 2_000  # places tried before the list it is


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


@dataclass(frozen=True, slots=True)
class _Place:
    """Where one label could stand: its lane, the span it takes there, and the x of its stem."""

    lane: int
    start: float
    end: float
    x: float

    @property
    def ends(self) -> bool:
        return self.start < self.x

    def clears(self, other: "_Place") -> bool:
        """No label over a label, no stem through a label."""
        if (self.lane < AXIS) != (other.lane < AXIS):
            return True
        if self.lane == other.lane:
            return self.end <= other.start or other.end <= self.start
        near, far = (self, other) if self.lane == NEAR else (other, self)
        return not near.start < far.x < near.end  # the far one's stem passes through the near lane


def points(names: list[Domain]) -> list[Point] | None:
    """Each name in its place, or None where they are too many or too close to be drawn."""
    if len(names) > DRAWN:
        return None
    spots = [(_position(words.day(name.expiration_date)), _width(name)) for name in names]
    placed = _placed(spots, [], iter(range(PATIENCE)))
    if placed is None:
        return None
    return [Point(name, _percent(place.x), place.lane, place.ends) for name, place in zip(names, placed, strict=True)]


def _placed(spots: list[tuple[float, float]], taken: list[_Place], patience: Iterator[int]) -> list[_Place] | None:
    """A place for each label, left to right, going back where one finds none."""
    if len(taken) == len(spots):
        return taken
    for place in _choices(*spots[len(taken)]):
        if next(patience, None) is None:
            return None
        if all(place.clears(other) for other in taken):
            found = _placed(spots, [*taken, place], patience)
            if found is not None:
                return found
    return None


def _choices(x: float, width: float) -> Iterator[_Place]:
    """All places for one label, the best first: beginning at its point, close to the axis."""
    for start in (x, x - width):
        if start >= 0 and start + width <= WHOLE:
            for lane in (NEAR, ABOVE, FAR):
                yield _Place(lane, start, start + width, x)


def _width(name: Domain) -> float:
    return (len(words.unicode_name(name.domain_name)) * LETTER + MARGIN) / NARROWEST * WHOLE


def _position(day: date) -> float:
    return (day - clock.today()).days / HORIZON.days * WHOLE


def _percent(x: float) -> str:
    return f"{x:.2f}%"


def months() -> list[tuple[str, str]]:
    """Where each coming month begins, and its short name."""
    found = []
    day = _next_month(clock.today())
    while day < clock.today() + HORIZON - timedelta(days=5):  # at the very edge its name would run out of the drawing
        found.append((_percent(_position(day)), formats.date_format(day, "M")))
        day = _next_month(day)
    return found


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
