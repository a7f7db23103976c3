"""The small files of the project say what is true."""

import base64
import hashlib
import importlib.metadata
import re
import tomllib

import pytest
from django.apps import apps
from django.core.management import call_command

import macaw.errors
from macaw import environment
from macaw.kernel.errors import MacawError
from tests.house.product import below, our_models
from tests.house.tree import ROOT, files, relative

CONVENTIONAL = {"DATABASE_URL", "SECRET_KEY", "EMAIL_URL"}
TESTS_ONLY = {"MACAW_TEST_DATABASE_URL"}
REQUIREMENTS = ("requirements.txt", "requirements-dev.txt")

# What an Apache-2.0 product may stand on. psycopg is LGPL: used as a library, unchanged and replaceable.
COMPATIBLE = re.compile(
    r"MIT|BSD|Apache|PSF|ISC|zlib|MPL-2\.0|Mozilla Public License 2\.0|LGPL-3\.0-only|Python Software Foundation"
)
UNSTATED = {"pysqlite3": "zlib"}  # its metadata names no licence; its repository does


def read(name: str) -> str:
    return (ROOT / name).read_text()


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


def test_every_error_is_documented_and_no_other() -> None:
    kinds = [MacawError, *below(MacawError)]
    promised = {(kind.code, kind.status) for kind in kinds}  # type: ignore[attr-defined]  # below MacawError
    documented = {
        (code, int(status))
        for code, status in re.findall(r"^\| `(\w+)` \| (\d+) \|", read("docs/errors.md"), re.MULTILINE)
    }
    assert documented == promised
    assert macaw.errors.SignedOut in kinds


def test_every_error_has_a_code_of_its_own() -> None:
    codes = [kind.code for kind in below(MacawError)]  # type: ignore[attr-defined]  # below MacawError
    assert len(codes) == len(set(codes))


def test_every_setting_is_documented_and_no_other() -> None:
    known = (environment.KNOWN | CONVENTIONAL) - TESTS_ONLY
    for name in ("docs/operations.md", ".env.example"):
        named = set(re.findall(r"\b(?:MACAW_[A-Z_]+[A-Z]|DATABASE_URL|SECRET_KEY|EMAIL_URL)\b", read(name)))
        named -= {f"{setting}_FILE" for setting in environment.SECRETS} | TESTS_ONLY
        assert named == known, name


def test_every_table_is_in_the_schema_document() -> None:
    document = read("docs/schema.md")
    assert [model._meta.db_table for model in our_models() if f"`{model._meta.db_table}`" not in document] == []


def test_every_table_has_a_name_of_our_choice() -> None:
    plain = [
        model._meta.label
        for model in our_models()
        if model._meta.db_table == f"{model._meta.app_label}_{model._meta.model_name}"
    ]
    assert plain == []


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_requirements_are_pinned_hashed_and_hold_no_address(name: str) -> None:
    text = read(name)
    assert "://" not in text
    pins = re.findall(r"^[A-Za-z0-9].*$", text, re.MULTILINE)
    assert pins
    assert [pin for pin in pins if "==" not in pin or not pin.endswith("\\")] == []


def licence(package: str) -> str:
    facts = importlib.metadata.metadata(package)
    named = [word for field in ("License-Expression", "License", "Classifier") for word in facts.get_all(field) or []]
    stated = " ".join(words for words in named if words and ("License ::" in words or "::" not in words))
    return stated or UNSTATED.get(package, "")


def test_everything_we_stand_on_has_a_compatible_licence() -> None:
    packages = re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==", read("requirements.txt"), re.MULTILINE)
    installed = {found.metadata["Name"].lower().replace("_", "-") for found in importlib.metadata.distributions()}
    stated = {package: licence(package) for package in packages if package in installed}
    assert {package: said for package, said in stated.items() if not COMPATIBLE.search(said)} == {}
    assert "django" in stated


def test_what_is_vendored_is_what_was_published() -> None:
    sums = [path for path in files() if path.suffix == ".sha384"]
    assert len(sums) == 2
    for path in sums:
        digest, name = path.read_text().split()
        content = (path.parent / name).read_bytes()
        assert digest == f"sha384-{base64.b64encode(hashlib.sha384(content).digest()).decode()}", relative(path)


def test_every_vendored_thing_brings_its_licence() -> None:
    stated = [ROOT / name for name in tomllib.loads(read("pyproject.toml"))["project"]["license-files"]]
    assert [relative(path) for path in stated if not path.is_file()] == []
    for folder in ("static/vendor", "static/fonts", "static", "tests/browser/vendor"):
        assert [path for path in (ROOT / folder).iterdir() if path.name.startswith(("LICENSE", "OFL"))], folder


def test_every_app_has_migrations() -> None:
    ours = {model._meta.app_label for model in our_models()}
    assert [
        label for label in ours if not list((ROOT / apps.get_app_config(label).path / "migrations").glob("0*.py"))
    ] == []
