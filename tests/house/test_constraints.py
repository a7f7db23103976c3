"""Every rule of every table refuses what it should, by name, whoever writes. Made from the models: a new table is in at once."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, models
from django.utils.functional import Promise

from macaw.kernel import tables
from tests import rows
from tests.house.violations import OUTSIDE, VIOLATIONS, Violation
from tests.plain import Client, Refused, client, named_in, rolled_back

pytestmark = pytest.mark.django_db
NOWHERE = 987_654_321
Model = type[models.Model]
OURS = tables.our_models()
FIELDS = [(model, field) for model in OURS for field in model._meta.concrete_fields]
CHECKS = [
    (model, constraint)
    for model in OURS
    for constraint in model._meta.constraints
    if isinstance(constraint, models.CheckConstraint)
]
UNIQUES = [
    (model, constraint)
    for model in OURS
    for constraint in model._meta.constraints
    if isinstance(constraint, models.UniqueConstraint)
]


def fields(pairs: list[tuple[Model, Any]]) -> pytest.MarkDecorator:
    made = [pytest.param(model, field, id=f"{model._meta.db_table}.{field.column}") for model, field in pairs]
    return pytest.mark.parametrize(("model", "field"), made)


def constraints(pairs: list[tuple[Model, Any]]) -> pytest.MarkDecorator:
    made = [pytest.param(model, constraint, id=constraint.name) for model, constraint in pairs]
    return pytest.mark.parametrize(("model", "constraint"), made)


mandatory = fields([(m, f) for m, f in FIELDS if not f.null and not isinstance(f, models.AutoField)])
foreign = fields([(m, f) for m, f in FIELDS if isinstance(f, models.ForeignKey)])
checked = fields([(m, f) for m, f in FIELDS if f.db_check(connection)])
alone = fields([(m, f) for m, f in FIELDS if f.unique and not isinstance(f, models.AutoField)])
chosen = fields([(m, f) for m, f in FIELDS if f.choices])
unnumbered = fields([(m, f) for m, f in FIELDS if not f.auto_created])


@pytest.fixture(scope="module")
def shared(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with django_db_blocker.unblock(), client(tmp_path_factory.mktemp("plain")) as plain:
        yield plain


@pytest.fixture
def plain(shared: Client) -> Iterator[Client]:
    with rolled_back(shared):
        yield shared


def change(plain: Client, model: Model, key: Any, values: dict[str, Any]) -> None:
    settings = ", ".join(f'"{name}" = %s' for name in values)
    plain.run(
        f'UPDATE "{model._meta.db_table}" SET {settings} WHERE "{model._meta.pk.column}" = %s', [*values.values(), key]
    )


def refusal(plain: Client, model: Model, key: Any, values: dict[str, Any]) -> Refused:
    with pytest.raises(Refused) as refused:
        change(plain, model, key, values)
    return refused.value


@pytest.mark.parametrize("model", [pytest.param(model, id=model._meta.db_table) for model in OURS])
def test_two_valid_rows_are_taken(plain: Client, model: Model) -> None:
    """The control of all the others: what they change is valid before."""
    rows.insert(plain, model)
    rows.insert(plain, model)
    plain.run("SET CONSTRAINTS ALL IMMEDIATE" if plain.vendor == "postgresql" else "PRAGMA foreign_key_check")


@mandatory
def test_a_mandatory_column_may_not_be_emptied(plain: Client, model: Model, field: Any) -> None:
    refused = refusal(plain, model, rows.insert(plain, model), {field.column: None})
    assert refused.kind == "null"
    assert refused.rule == f"{model._meta.db_table}.{field.column}"


@constraints(CHECKS)
def test_a_check_refuses_what_breaks_it_by_its_own_name(plain: Client, model: Model, constraint: Any) -> None:
    assert constraint.name in VIOLATIONS, f"tests/house/violations.py says nothing of {constraint.name}"
    asked = [violation for violation in VIOLATIONS[constraint.name] if violation.only in {"", plain.vendor}]
    assert asked
    key = rows.insert(plain, model)
    plain.run("SAVEPOINT valid")
    for violation in asked:
        _assert_refused(plain, model, key, constraint.name, violation)
        plain.run("ROLLBACK TO SAVEPOINT valid")


def _assert_refused(plain: Client, model: Model, key: Any, name: str, violation: Violation) -> None:
    refused = refusal(plain, model, key, violation.values)
    assert refused.kind == violation.refused_as, violation
    if violation.refused_as == "check":
        assert refused.rule == name, violation


def test_no_violation_speaks_of_a_check_that_is_gone() -> None:
    assert set(VIOLATIONS) == {constraint.name for _model, constraint in CHECKS}
    assert set(OUTSIDE) == {constraint.name for _model, constraint in UNIQUES if constraint.condition}


@checked
def test_a_columns_own_check_refuses_what_its_type_cannot_be(plain: Client, model: Model, field: Any) -> None:
    broken = "{broken" if isinstance(field, models.JSONField) else -1
    refused = refusal(plain, model, rows.insert(plain, model), {field.column: broken})
    assert refused.kind == "check"
    assert field.column in refused.rule


@constraints(UNIQUES)
def test_a_unique_rule_refuses_the_second_row_by_its_own_name(plain: Client, model: Model, constraint: Any) -> None:
    columns = [str(field.column) for field in model._meta.concrete_fields if field.name in constraint.fields]
    first = rows.insert(plain, model, filled=set(columns))
    names = ", ".join(f'"{name}"' for name in columns)
    table, pk = model._meta.db_table, model._meta.pk.column
    (same,) = plain.run(f'SELECT {names} FROM "{table}" WHERE "{pk}" = %s', [first])
    second = rows.insert(plain, model, filled=set(columns))
    plain.run("SAVEPOINT valid")
    refused = refusal(plain, model, second, dict(zip(columns, same, strict=True)))
    assert refused.kind == "unique"
    if plain.vendor == "postgresql":
        assert refused.rule == constraint.name
    else:
        assert named_in(refused.rule) == set(columns)
    if constraint.condition:
        plain.run("ROLLBACK TO SAVEPOINT valid")
        change(plain, model, second, {**dict(zip(columns, same, strict=True)), **OUTSIDE[constraint.name]})


@alone
def test_a_unique_column_refuses_the_second_row(plain: Client, model: Model, field: Any) -> None:
    first, second = rows.insert(plain, model), rows.insert(plain, model)
    table, pk = model._meta.db_table, model._meta.pk.column
    ((same,),) = plain.run(f'SELECT "{field.column}" FROM "{table}" WHERE "{pk}" = %s', [first])
    refused = refusal(plain, model, second, {field.column: same})
    assert refused.kind == "unique"
    assert field.column in refused.rule or refused.rule == f"{table}_pkey"


@foreign
def test_a_foreign_key_may_not_point_nowhere(plain: Client, model: Model, field: Any) -> None:
    change(plain, model, rows.insert(plain, model), {field.column: NOWHERE})
    assert_orphan_refused(plain, model, field)


@foreign
def test_a_row_that_is_pointed_at_may_not_be_deleted_by_a_plain_client(plain: Client, model: Model, field: Any) -> None:
    key = rows.insert(plain, model, filled={field.column})
    parent, target = field.related_model._meta.db_table, field.target_field.column
    ((pointed,),) = plain.run(
        f'SELECT "{field.column}" FROM "{model._meta.db_table}" WHERE "{model._meta.pk.column}" = %s', [key]
    )
    plain.run(f'DELETE FROM "{parent}" WHERE "{target}" = %s', [pointed])
    assert_orphan_refused(plain, model, field)


def assert_orphan_refused(plain: Client, model: Model, field: Any) -> None:
    """Foreign keys wait for the end of the transaction, so that is where they refuse."""
    with pytest.raises(Refused) as refused:
        plain.run("COMMIT")
    assert refused.value.kind == "foreign"
    if plain.vendor == "postgresql":
        assert refused.value.rule.startswith(f"{model._meta.db_table}_{field.column}"[:20])


@chosen
def test_choices_are_what_the_checks_allow(model: Model, field: Any) -> None:
    compared = [dict_of(constraint.condition) for owner, constraint in CHECKS if owner is model]
    about = [values for values in compared if field.name in values]
    alone = [values for values in about if set(values) == {field.name}]
    allowed = set().union(*(values[field.name] for values in alone or about))
    assert allowed == {value for value, _label in field.flatchoices} | ({""} if field.blank else set())


def dict_of(condition: Any) -> dict[str, set[Any]]:
    """The values that a condition compares each column to."""
    values: dict[str, set[Any]] = {}
    for name, value in literals(condition):
        values.setdefault(name, set()).add(value)
    return values


def literals(condition: Any) -> Iterator[tuple[str, Any]]:
    """Every (column, value) that a condition compares by equality."""
    for child in condition.children if isinstance(condition, models.Q) else []:
        if isinstance(child, models.Q):
            yield from literals(child)
        elif isinstance(child, tuple):
            name, _lookup, kind = child[0].partition("__")
            compared = child[1] if kind == "in" else [child[1]]
            yield from ((name, value) for value in compared)


@unnumbered
def test_every_column_explains_itself_in_any_language(model: Model, field: Any) -> None:
    assert str(field.help_text).endswith("."), "a sentence"
    assert isinstance(field.help_text, Promise), "translatable"


@foreign
def test_a_foreign_key_has_one_index_that_begins_with_it(model: Model, field: Any) -> None:
    named = [index.fields for index in model._meta.indexes if not index.condition]
    unique = [
        list(constraint.fields) for _model, constraint in UNIQUES if _model is model and constraint.condition is None
    ]
    leading = [names for names in (*named, *unique) if names[0].removeprefix("-") == field.name]
    assert leading or field.unique, "a join on it reads the whole table"
    assert field.unique or not field.db_index, "Django would add a second index"
    assert len([names for names in named if len(names) == 1 and names[0] == field.name]) <= 1


def test_names_of_rules_and_indexes_are_unique_in_the_whole_database() -> None:
    names = [rule.name for model in OURS for rule in (*model._meta.constraints, *model._meta.indexes)]
    assert len(names) == len(set(names))


def line(plain: Client, *, quantity: int, unit: str, total: str) -> None:
    model = next(model for model in OURS if model._meta.db_table == "billing_items")
    rows.insert(plain, model, quantity=quantity, unit_price=unit, total_price=total)


@pytest.mark.parametrize(
    ("quantity", "unit", "total"),
    [
        (3, "0.10", "0.30"),
        (10, "1.15", "11.50"),
        (7, "-0.07", "-0.49"),
        (1, "99999999.99", "99999999.99"),
        (3, "0.07", "0.21"),
    ],
)
def test_a_line_whose_total_is_its_product_is_taken_to_the_cent(
    plain: Client, quantity: int, unit: str, total: str
) -> None:
    line(plain, quantity=quantity, unit=unit, total=total)
    ((kept,),) = plain.run("SELECT total_price FROM billing_items")
    assert round(Decimal(kept), 2) == Decimal(total)


@pytest.mark.parametrize(
    ("quantity", "unit", "total"), [(3, "0.10", "0.31"), (3, "0.10", "0.29"), (1, "99999999.99", "99999999.98")]
)
def test_a_line_that_is_one_cent_off_is_refused(plain: Client, quantity: int, unit: str, total: str) -> None:
    with pytest.raises(Refused) as refused:
        line(plain, quantity=quantity, unit=unit, total=total)
    assert refused.value.rule == "billing_items_product"


@pytest.mark.parametrize("value", ["abc", "100000000", ""])
def test_what_is_no_amount_is_refused_as_a_payment(plain: Client, value: str) -> None:
    model = next(model for model in OURS if model._meta.db_table == "payments")
    with pytest.raises(Refused) as refused:
        rows.insert(plain, model, amount=value)
    assert refused.value.kind in {"check", "type"}


def test_the_largest_amount_is_taken(plain: Client) -> None:
    model = next(model for model in OURS if model._meta.db_table == "payments")
    for amount in ("99999999.99", "-99999999.99", "0.01"):
        rows.insert(plain, model, amount=amount)


def test_a_tenth_of_a_cent_is_refused_on_sqlite_and_rounded_away_by_postgresql(plain: Client) -> None:
    model = next(model for model in OURS if model._meta.db_table == "customers")
    if plain.vendor == "sqlite":
        with pytest.raises(Refused) as refused:
            rows.insert(plain, model, account_balance="0.001")
        assert refused.value.rule == "customers_balance_cents"
    else:
        rows.insert(plain, model, account_balance="0.001")
        assert plain.run("SELECT account_balance FROM customers") == [(Decimal("0.00"),)]
