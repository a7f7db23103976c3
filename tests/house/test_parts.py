"""A part that htmx asks for is the same bytes as inside its page, so a page looks alike however it came to be."""

import ast
import re
from collections.abc import Iterator

import pytest
from django.http import HttpResponseBase
from django.template.loader import get_template
from django.test import Client

from customers.models import User
from macaw.demo import seed
from tests.browser.addresses import LOOKS, paths
from tests.house.tree import ROOT, python_files, template_files

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')


def pairs() -> Iterator[tuple[str, str]]:
    """Each template and part that a view renders, as the calls of `render_part` name them."""
    for path in python_files():
        if "tests" in path.relative_to(ROOT).parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "render_part":
                words = [str(argument.value) for argument in node.args[1:3] if isinstance(argument, ast.Constant)]
                assert len(words) == 2, f"{path}: write template and part as literals, so that they can be found"
                yield words[0], words[1]


def body(response: HttpResponseBase) -> str:
    """What was answered, without the form tokens, which differ each time."""
    return TOKEN.sub("", response.getvalue().decode()).strip()


def test_every_part_that_is_rendered_exists() -> None:
    found = set(pairs())
    assert found
    for template, part in found:
        assert get_template(f"{template}#{part}")


def test_every_part_is_shown_where_it_is_defined() -> None:
    """`inline`, or page and part would drift apart."""
    tags = [tag for path in template_files(".html") for tag in re.findall(r"{%\s*partialdef.*?%}", path.read_text())]
    assert tags
    assert [tag for tag in tags if " inline " not in tag] == []


@pytest.mark.django_db
def test_every_part_stands_in_its_page_byte_for_byte() -> None:
    seed.plant()
    where = paths()
    compared, differing = set(), {}
    for look in (look for look in LOOKS if look.who and look.status == 200):
        client = Client()
        client.force_login(User.objects.get(username=look.who))
        page = client.get(where[look.view])
        if "HX-Request" not in page.headers.get("Vary", ""):
            continue
        part = client.get(where[look.view], headers={"HX-Request": "true"})
        compared |= {template.name for template in page.templates}
        if not (body(part) and len(body(part)) < len(body(page)) and body(part) in body(page)):
            differing[str(look)] = body(part)
    assert differing == {}
    assert {template for template, _ in pairs()} - compared == set()
