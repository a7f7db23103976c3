"""Which words of a page a translator never saw: a language that marks each translated string, and a reader of pages."""

import gettext
import re
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser

import pytest
from django.utils.translation import trans_real

OPEN, CLOSE = "⟦", "⟧"
LETTERS = re.compile(r"[^\W\d_]{2,}")  # one letter alone is a sign: ×, /, x
NAMES = re.compile(r"\b(Macaw|UTC)\b")  # the same in every language
SHOWN = {"title", "aria-label", "aria-description", "aria-roledescription", "placeholder", "alt", "data-label", "label"}
BUTTONS = {"submit", "button", "reset"}
SILENT = {"script", "style", "code", "kbd"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class MarkedLanguage(gettext.NullTranslations):
    """Answers every string with itself in brackets, as a catalogue that has them all."""

    def gettext(self, message: str) -> str:
        words = message.rpartition("\x04")[2]  # a context stands before the message
        return f"{OPEN}{words}{CLOSE}" if words else words

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return self.gettext(singular if n == 1 else plural)

    def language(self) -> str:
        return "en"

    def to_language(self) -> str:
        return "en"


@contextmanager
def marked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """While it lasts, whatever is translated says so."""
    language = MarkedLanguage()
    with monkeypatch.context() as patch:
        patch.setattr(trans_real, "translation", lambda code: language)
        patch.setattr(trans_real, "_default", language)
        patch.setattr(trans_real._active, "value", language, raising=False)  # type: ignore[attr-defined]  # private to Django
        yield


class Reader(HTMLParser):
    """Collects the words of a page that are neither marked nor under `translate="no"`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.unmarked: list[str] = []
        self._elements: list[tuple[str, bool]] = []
        self._depth = 0

    @property
    def _exempt(self) -> bool:
        return any(silent for _, silent in self._elements)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        silent = facts.get("translate") == "no" or tag in SILENT
        if not silent and not self._exempt:
            shown = set(SHOWN)
            if tag == "input" and facts.get("type") in BUTTONS:
                shown.add("value")
            if tag == "meta" and facts.get("name") == "description":
                shown.add("content")
            for name in shown & facts.keys():
                self._judge(facts[name], f"<{tag} {name}>")
        if tag not in VOID:
            self._elements.append((tag, silent))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._elements.pop()

    def handle_endtag(self, tag: str) -> None:
        while self._elements and self._elements.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        outside = ""
        for piece in re.split(f"([{OPEN}{CLOSE}])", data):  # a marked sentence may hold elements
            self._depth += {OPEN: 1, CLOSE: -1}.get(piece, 0)
            if not self._depth and piece != CLOSE:
                outside += piece
        if not self._exempt:
            self._judge(outside, "text")

    def _judge(self, words: str, where: str) -> None:
        bare = re.sub(f"{OPEN}.*{CLOSE}", "", words, flags=re.DOTALL)
        if LETTERS.search(NAMES.sub("", bare)):
            self.unmarked.append(f"{where}: {' '.join(bare.split())}")


def unmarked(page: str) -> list[str]:
    reader = Reader()
    reader.feed(page)
    reader.close()
    return reader.unmarked


TAG = re.compile(r"{%\s*(\w+)(.*?)%}|{{.*?}}|{#.*?#}", re.DOTALL)
TRANSLATED = re.compile(r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}", re.DOTALL)
COMMENT = re.compile(r"{%\s*comment\b.*?{%\s*endcomment\s*%}", re.DOTALL)


def bare_template(source: str) -> str:
    """A template's own markup: without its tags, and without what stands between translation tags."""
    return TAG.sub("", TRANSLATED.sub("", COMMENT.sub("", source)))
