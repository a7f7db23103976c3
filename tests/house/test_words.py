"""What the project never says, and how it speaks to people."""

import ast
import re
from collections.abc import Iterator

from tests.house.tree import APPS, ROOT, files, relative, template_files

# The brackets, and below the tildes, keep these lines from matching themselves.
NEVER = {
    "another machine's path": re.compile(r"(?<![\w.])/(wor[k]|roo[t]|hom[e]/\w+|User[s]/\w+)/"),
    "a registry of packages": re.compile(r"pyp[i]\.org|pythonhoste[d]|npmj[s]\.|registry\.npm[j]|proxy\.golan[g]"),
    "an assistant": re.compile(r"clau[d]e|anthropi[c]|chatgp[t]|copilo[t]|opena[i]|language mode[l]|\bAI[ -]assistan[t]", re.IGNORECASE),
    "work left over": re.compile(r"\b(TOD[O]|FIXM[E]|XX[X]|HAC[K])\b"),
    "a comment in place of a test": re.compile(r"keep (this |them )?in syn[c] with", re.IGNORECASE),
}  # fmt: skip
BINARY = {".woff2", ".png", ".ico", ".jpg"}
HARSH = re.compile(r"\b(oops|sorry|whoops|uh-oh|invalid input|click here|successfully)\b|!", re.IGNORECASE)
MARKED = re.compile(
    r"{%\s*trans(?:late)?\s+(?P<quote>[\"'])(?P<one>.*?)(?P=quote)"
    r"|{%\s*blocktrans(?:late)?\b[^%]*%}(?P<many>.*?){%\s*endblocktrans",
    re.DOTALL,
)
TRANSLATORS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}


def forbidden(text: str) -> list[str]:
    return [name for name, pattern in NEVER.items() if pattern.search(text)]


def test_the_project_keeps_to_itself() -> None:
    ours = (path for path in files() if path.suffix not in BINARY and "vendor" not in path.parts)
    found = {relative(path): said for path in ours if (said := forbidden(path.read_text()))}
    assert found == {}


def test_each_forbidden_word_would_be_noticed() -> None:
    samples = ("see /roo~t/notes", "https://pyp~i.org/simple", "by Cop~ilot", "# TO~DO: later", "keep in sy~nc with b")
    assert [forbidden(sample.replace("~", "")) for sample in samples] == [[name] for name in NEVER]


def said_in_templates() -> Iterator[str]:
    for path in template_files():
        for found in MARKED.finditer(path.read_text()):
            yield found["one"] or found["many"] or ""


def said_in_code() -> Iterator[str]:
    for path in files():
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in APPS:
            calls = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
            for call in calls:
                if isinstance(call.func, ast.Name) and call.func.id in TRANSLATORS:
                    yield from (
                        word.value
                        for word in call.args
                        if isinstance(word, ast.Constant) and isinstance(word.value, str)
                    )


def test_people_are_spoken_to_calmly() -> None:
    said = {*said_in_templates(), *said_in_code()}
    assert len(said) > 100
    assert {words for words in said if HARSH.search(re.sub(r"{[{%].*?[%}]}", "", words))} == set()
