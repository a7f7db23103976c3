"""The look keeps its promises: contrast of every pair of tokens, no rule that nothing uses, and the vendored file as it was."""

import base64
import hashlib
import math
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import override_settings

from tests.house.tree import ROOT, template_files

STATIC = ROOT / "static"
SHEET = (STATIC / "macaw.css").read_text()
Colour = tuple[float, float, float]

TEXT, MARK = 4.5, 3.0
PAIRS = [
    *[("ink", surface, 7) for surface in ("canvas", "sheet", "raised", "sunken")],
    *[("ink-2", surface, 7) for surface in ("canvas", "sheet", "raised", "sunken")],
    *[("ink-3", surface, TEXT) for surface in ("canvas", "sheet", "raised", "sunken", "blue-tint", "leaf-tint")],
    *[(colour, surface, TEXT) for colour in ("blue", "gold", "scarlet", "leaf") for surface in ("sheet", "raised")],
    *[(colour, f"{colour}-tint", TEXT) for colour in ("blue", "gold", "scarlet", "leaf")],
    *[("ink-2", f"{colour}-tint", TEXT) for colour in ("blue", "gold", "scarlet", "leaf")],
    *[("on-blue", fill, TEXT) for fill in ("blue-fill", "blue-fill-2")],
    ("on-bar", "bar", 7),
    *[("line-ctl", surface, MARK) for surface in ("sheet", "raised")],
    *[("focus", surface, MARK) for surface in ("canvas", "sheet", "raised")],
    ("blue-fill", "sheet", MARK),
    ("gold-mark", "sheet", MARK),
]


def tokens() -> dict[str, tuple[Colour, Colour]]:
    """Each opaque colour of the sheet, light and dark."""
    found: dict[str, tuple[Colour, Colour]] = {}
    for name, value in re.findall(r"--([\w-]+):\s*((?:light-dark\()?oklch[^;]*);", SHEET):
        parts = [
            (float(light), float(chroma), float(hue))
            for light, chroma, hue in re.findall(r"oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)", value)
        ]
        if parts:
            found.setdefault(name, (parts[0], parts[-1]))
    return found


def luminance(colour: Colour) -> float:
    """Of an oklch colour, as WCAG measures it."""
    light, chroma, hue = colour
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
    red, green, blue = (min(1.0, max(0.0, part)) for part in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_every_pair_can_be_read(front: str, back: str, least: float, theme: int) -> None:
    found = tokens()
    assert contrast(found[front][theme], found[back][theme]) >= least


def test_the_measure_is_the_known_one() -> None:
    assert contrast((1, 0, 0), (0, 0, 0)) == pytest.approx(21, abs=0.05)
    assert contrast((0.97, 0, 0), (1, 0, 0)) < MARK


def test_every_token_is_used() -> None:
    defined = set(re.findall(r"(--[\w-]+):", SHEET))
    assert {name for name in defined if f"var({name})" not in SHEET} == set()


def class_names() -> set[str]:
    rules = re.sub(r"/\*.*?\*/", "", SHEET, flags=re.DOTALL)
    selectors = re.findall(r"([^{}]+)\{", rules)
    return {
        name for selector in selectors if "@font" not in selector for name in re.findall(r"\.([a-z][\w-]*)", selector)
    }


def test_no_rule_is_dead() -> None:
    """Each class of the sheet stands in a template, or in what writes one."""
    sources = [*template_files(".html"), *(ROOT / "macaw").rglob("*.py"), *(ROOT / "static").glob("macaw.js")]
    written = " ".join(path.read_text() for path in sources)
    words = set(re.findall(r"[\w-]+", written))
    built = {"st-ok", "st-warn", "st-bad", "st-info", "st-mute", "mark-bad", "mark-warn", "mark-info", "htmx-request"}
    assert class_names() - words - built == set()
    assert "todo" in class_names()


def test_htmx_is_the_file_that_was_looked_at() -> None:
    [recorded, name] = (STATIC / "vendor" / "htmx.sha384").read_text().split()
    digest = hashlib.sha384((STATIC / "vendor" / name).read_bytes()).digest()
    assert recorded == f"sha384-{base64.b64encode(digest).decode()}"
    assert name in (ROOT / "templates" / "base.html").read_text()


def test_every_static_file_can_be_hashed(tmp_path: Path) -> None:
    """The storage of production reads every reference in our files; a map or an address that is missing stops it."""
    storages = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    with override_settings(STORAGES=storages, STATIC_ROOT=tmp_path):
        call_command("collectstatic", interactive=False, verbosity=0)
        assert re.fullmatch(r"/static/macaw\.[0-9a-f]{12}\.css", staticfiles_storage.url("macaw.css"))
        assert re.search(r"htmx-4\.0\.1\.min\.[0-9a-f]{12}\.js$", staticfiles_storage.url("vendor/htmx-4.0.1.min.js"))


def test_licences_stand_beside_what_they_cover() -> None:
    assert "SIL Open Font License" in (STATIC / "fonts" / "OFL.txt").read_text()
    assert "ISC License" in (STATIC / "LICENSE-lucide.txt").read_text()
    assert "Zero-Clause BSD" in (STATIC / "vendor" / "LICENSE-htmx.txt").read_text()
