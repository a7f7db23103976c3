"""Pictures of every page, wide and narrow, light and dark: python -m tests.browser.shoot FOLDER"""

import sys
import tempfile
from pathlib import Path

from tests.browser import chromium, house
from tests.browser.addresses import LOOKS
from tests.browser.house import House
from tests.browser.visit import SCHEMES, WIDTHS, Visitor, visiting

ERRORS = {"missing": 404, "not_allowed": 403, "stale": 409, "too_many": 429, "unavailable": 503, "error": 500}


def subjects(served: House) -> dict[str, tuple[str, str, int]]:
    """What is shot: a name for the file, whose eyes, where, and what is answered."""
    pages = {str(look): (look.who, served.staged["paths"][look.view], look.status) for look in LOOKS}
    errors = {f"error-{code}": ("alice", f"/provoke/{code}/", status) for code, status in ERRORS.items()}
    found = {"admin-index": ("sam", "/admin/", 200)}
    for model, record in served.staged["records"].items():
        found |= {f"admin-{model}-{kind}": ("sam", path, 200) for kind, path in record.items()}
    return pages | errors | found


def shoot(visit: Visitor, folder: Path) -> None:
    for name, (who, path, status) in subjects(visit.house).items():
        for size, width in WIDTHS.items():
            page = visit(who, path, width=width, still=True, status=status)
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                page.screenshot(path=folder / f"{name.replace(':', '-')}-{size}-{scheme}.png", full_page=True)
            visit.leave()


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as built:
        house.build(Path(built) / "built")
        with house.serving(Path(built) / "built") as served, chromium.opened() as browser:
            with visiting(browser, served) as visit:
                shoot(visit, folder)
            for fault in visit.faults:
                sys.stderr.write(f"{fault}\n")


if __name__ == "__main__":
    main()
