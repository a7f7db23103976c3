"""What every page carries stays light, whether or not there is a browser to look."""

import gzip
import re
from pathlib import Path

from tests.house.tree import ROOT, template_files

KB = 1024
STATIC = ROOT / "static"


def compressed(*paths: Path) -> int:
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in paths)


def test_the_style_sheet_stays_light() -> None:
    assert 0 < compressed(STATIC / "macaw.css") <= 30 * KB


def test_the_scripts_stay_light() -> None:
    assert 0 < compressed(STATIC / "macaw.js") <= 4 * KB
    assert compressed(STATIC / "macaw.js", *STATIC.glob("vendor/htmx-*.min.js")) <= 25 * KB


def test_font_and_icons_stay_light() -> None:
    font = STATIC / "fonts" / "macaw-sans-latin.woff2"
    assert font.stat().st_size + compressed(STATIC / "icons.svg", STATIC / "logo.svg") <= 45 * KB


def test_every_icon_is_drawn_somewhere() -> None:
    """The sprite holds what is used and nothing else: each template names its icon, or a view or a test page does."""
    drawn = set(re.findall(r'<symbol[^>]*\bid="([\w-]+)"', (STATIC / "icons.svg").read_text()))
    assert drawn
    asked = {
        name
        for path in template_files(".html")
        for name in re.findall(r"""{%\s*icon\s+["']([\w-]+)["']""", path.read_text())
    }
    asked |= {
        name
        for path in template_files(".html")
        for name in re.findall(r"""icon_name=["']([\w-]+)["']""", path.read_text())
    }
    assert asked - drawn == set()
