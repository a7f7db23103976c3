"""Every word a person reads can be translated: in templates, on models and forms, in errors, on the pages themselves."""

from collections.abc import Iterable

import pytest
from django import forms
from django.utils.functional import Promise

from macaw.kernel.errors import MacawError
from tests.house import words
from tests.house.product import below, our_models
from tests.house.tree import relative, template_files


def plain(**facts: object) -> list[str]:
    """The facts that hold words and are not lazy translations."""
    return [name for name, value in facts.items() if value and not isinstance(value, Promise)]


def unmarked_labels(options: Iterable[tuple[object, object]] | None) -> list[str]:
    """The labels of choices that are plain text; an empty value's label is Django's own."""
    return [str(label) for value, label in options or () if value not in {"", None} and not isinstance(label, Promise)]


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
