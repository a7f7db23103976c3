"""Every word a person reads can be translated: in templates, on models and forms, in errors, on the pages themselves."""

from collections.abc import Iterable

import pytest
from django import forms
from django.test import Client
from django.utils.functional import Promise

from customers.models import User
from macaw.demo import seed
from macaw.kernel.errors import MacawError
from tests.browser.addresses import LOOKS, Look, paths
from tests.house import words
from tests.house.product import below, our_models
from tests.house.tree import relative, template_files


def plain(**facts: object) -> list[str]:
    """The facts that hold words and are not lazy translations."""
    return [name for name, value in facts.items() if value and not isinstance(value, Promise)]


def unmarked_labels(options: Iterable[tuple[object, object]] | None) -> list[str]:
    """The labels of choices that are plain text. An empty value has a label of Django's own; `.com` is a name."""
    labels = [label for value, label in options or () if value not in {"", None}]
    return [str(label) for label in labels if not isinstance(label, Promise) and not str(label).startswith(".")]


def test_templates_hold_no_words_outside_translation_tags() -> None:
    found = {
        relative(path): bare
        for path in template_files(".html")
        if (bare := words.unmarked(words.bare_template(path.read_text())))
    }
    assert found == {}


def test_mail_text_holds_no_words_outside_translation_tags() -> None:
    found = {
        relative(path): bare
        for path in template_files(".txt")
        if (bare := words.unmarked(words.bare_template(path.read_text())))
    }
    assert found == {}


@pytest.mark.parametrize(
    "source",
    [
        "<p>Words</p>",
        "<p>{{ name }} words</p>",
        '<a title="Words">{% translate "Words" %}</a>',
        '<input type="submit" value="Words">',
        '<img alt="Words">',
        "<p>{% blocktranslate %}Words{% endblocktranslate %} more words</p>",
        '<p translate="no">name</p><p>Words</p>',
    ],
)
def test_a_forgotten_word_in_a_template_would_be_noticed(source: str) -> None:
    assert words.unmarked(words.bare_template(source))


def test_names_and_numbers_need_no_translation() -> None:
    source = '<title>{% translate "Home" %} · Macaw</title><p>{{ count }} × 2</p><b translate="no">example.com</b>'
    assert words.unmarked(words.bare_template(source)) == []


def test_models_speak_through_translations() -> None:
    found = {}
    for model in our_models():
        meta = model._meta
        wrong = plain(verbose_name=meta.verbose_name, verbose_name_plural=meta.verbose_name_plural)
        for field in meta.local_fields:
            named = {"verbose_name": field.verbose_name} if field.editable and not field.primary_key else {}
            wrong += [f"{field.name}.{name}" for name in plain(help_text=field.help_text, **named)]
            wrong += [f"{field.name}: {label}" for label in unmarked_labels(field.choices)]
        if wrong:
            found[meta.label] = wrong
    assert found == {}


def test_forms_speak_through_translations() -> None:
    found = {}
    for form in below(forms.BaseForm):
        wrong = []
        for name, field in form.declared_fields.items():  # type: ignore[attr-defined]  # every concrete form has them
            wrong += [f"{name}.{fact}" for fact in plain(label=field.label, help_text=field.help_text)]
            options = field.choices if type(field) in {forms.ChoiceField, forms.TypedChoiceField} else ()
            wrong += [f"{name}: {label}" for label in unmarked_labels(options)]
        if wrong:
            found[f"{form.__module__}.{form.__qualname__}"] = wrong
    assert found == {}


def test_errors_speak_through_translations() -> None:
    found = {kind.__qualname__: plain(title=kind.title, advice=kind.advice) for kind in below(MacawError)}  # type: ignore[attr-defined]  # below MacawError
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
    assert found


@pytest.fixture
def demo(db: None) -> None:
    seed.plant()


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_a_page_shows_no_word_a_translator_never_saw(demo: None, monkeypatch: pytest.MonkeyPatch, look: Look) -> None:
    client = Client()
    if look.who:
        client.force_login(User.objects.get(username=look.who))
    path = paths()[look.view]
    with words.marked(monkeypatch):
        page = client.get(path).content.decode()
        part = client.get(path, headers={"HX-Request": "true"}).content.decode()
    assert words.OPEN in page
    assert words.unmarked(page) + words.unmarked(part) == []


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("<p>⟦A name⟧ and more</p>", ["text: and more"]),
        ("<p>⟦A <b>name</b> and more⟧</p>", []),
        ('<p translate="no">name</p>', []),
        ('<a title="name">⟦A name⟧</a>', ["<a title>: name"]),
        ('<a translate="no" title="name">name</a>', []),
        ('<input type="text" value="name"><input type="submit" value="Send">', ["<input value>: Send"]),
        ("<p>⟦A⟧ × 2 · 14:00</p>", []),
    ],
)
def test_the_reader_finds_what_is_not_marked(page: str, found: list[str]) -> None:
    assert words.unmarked(page) == found
