"""Is everything true? Each app registers its checks in `doctor.py`; `manage.py doctor` runs them all.

A check yields its offenders one by one, so the largest database is examined in little memory. What it wants to tell besides,
it yields as a `Note`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from django.db import DatabaseError, connection
from django.utils.module_loading import autodiscover_modules

from macaw.kernel import clock

Examination = Callable[[], Iterable[str]]


class Note(str):
    """Something worth telling that is no fault."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    promise: str
    run: Examination
    vendor: str = ""


@dataclass(slots=True)
class Result:
    name: str
    promise: str
    offenders: int = 0
    first: str = ""
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        return self.offenders == 0


_checks: dict[str, Check] = {}


def check(promise: str, *, vendor: str = "") -> Callable[[Examination], Examination]:
    """Register a function under its own name; `promise` is what is true when it yields nothing."""

    def register(run: Examination) -> Examination:
        name = run.__name__
        _checks[name] = Check(name, promise, run, vendor)
        return run

    return register


def checks() -> list[Check]:
    """All checks that apply to this database, by name."""
    autodiscover_modules("doctor")
    return [check for _name, check in sorted(_checks.items()) if check.vendor in {"", connection.vendor}]


def examine(check: Check) -> Result:
    """Run one check to its end: how many offenders, and the first by name. A check that cannot run has failed."""
    result = Result(check.name, check.promise)
    started = clock.seconds()
    try:
        for said in check.run():
            if isinstance(said, Note):
                result.notes.append(str(said))
                continue
            result.offenders += 1
            result.first = result.first or said
    except DatabaseError as failure:
        result.offenders += 1
        result.first = result.first or f"the check could not run: {failure}"
    result.seconds = round(clock.seconds() - started, 3)
    return result


def examine_all() -> Iterator[Result]:
    yield from (examine(check) for check in checks())
