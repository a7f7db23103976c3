"""A file is read however a spreadsheet wrote it, and what is written acts as no formula anywhere."""

import csv
import io

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from customers import sheets
from customers.services.contact_sheets import COLUMNS, HEADERS

STARTS = ["=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠"]
words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
cells = words | st.tuples(st.sampled_from(["'", "''", ""]), st.sampled_from(STARTS), words).map("".join)


@pytest.mark.parametrize("start", STARTS)
def test_nothing_that_a_spreadsheet_would_run_is_written_as_it_is(start: str) -> None:
    value = f"{start}cmd|'/c calc'!A0"
    assert sheets.guarded(value) == f"'{value}"
    assert sheets.unguarded(sheets.guarded(value)) == value


@settings(deadline=None)
@given(value=cells)
def test_a_guard_is_taken_away_exactly_as_it_was_put(value: str) -> None:
    assert sheets.unguarded(sheets.guarded(value)) == value
    assert not sheets.guarded(value).startswith(tuple(STARTS))


def test_what_only_looks_like_a_guard_stays() -> None:
    assert sheets.guarded("'t Hooft") == sheets.unguarded("'t Hooft") == "'t Hooft"


@settings(deadline=None)
@given(rows=st.lists(st.lists(cells.map(lambda text: " ".join(text.split())), min_size=3, max_size=3), max_size=8))
def test_what_was_written_is_read_again(rows: list[list[str]]) -> None:
    names = ("first_name", "city", "email")
    text = "".join(sheets.written(names, rows))
    sheet = sheets.read(text.encode(), HEADERS)
    assert [[row.values[name] for name in names] for row in sheet.rows] == [row for row in rows if any(row)]


@settings(deadline=None)
@given(
    content=st.binary(max_size=300)
    | st.text(max_size=300).map(lambda text: f"email;city\n{text}".encode(errors="replace"))
)
def test_whatever_is_sent_is_read_or_refused_in_words(content: bytes) -> None:
    try:
        sheet = sheets.read(content, HEADERS)
    except ValidationError:
        pass  # refused in words
    else:
        assert all(set(row.values) <= set(COLUMNS) for row in sheet.rows)


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters_ends_of_lines_and_marks_make_no_difference(delimiter: str, end: str, mark: str) -> None:
    text = mark + end.join(
        [delimiter.join(["First name", "E-mail", "ZIP"]), delimiter.join(["Ada", "a@example.com", "1"]), ""]
    )
    (row,) = sheets.read(text.encode(), HEADERS).rows
    assert row == sheets.Row(2, {"first_name": "Ada", "email": "a@example.com", "postal_code": "1"})


def test_headers_are_read_as_people_write_them() -> None:
    headers = "Vorname,FIRST-NAME,surname,Organisation,Post code,State/Province,Country,Telephone,e mail"
    sheet = sheets.read(f"{headers}\n".encode(), HEADERS)
    assert sheet.columns == (
        "first_name", "last_name", "organization", "postal_code", "state_province", "country_code", "phone", "email",
    )  # fmt: skip
    assert sheet.unknown == ("Vorname",)


def test_rows_are_numbered_by_the_line_they_begin_on_and_empty_ones_are_left_out() -> None:
    sheet = sheets.read(b'city,email\n"Two\nlines",a\n,\n\nOne,b\n', HEADERS)
    assert [row.number for row in sheet.rows] == [2, 6]


def test_a_row_may_be_shorter_or_longer_than_the_headers() -> None:
    short, long = sheets.read(b"city,email\nOne\nTwo,b,c,d\n", HEADERS).rows
    assert short.values == {"city": "One", "email": ""}
    assert long.values == {"city": "Two", "email": "b"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("city\nMünchen".encode("latin-1"), "The file is not UTF-8. In a spreadsheet, choose “CSV UTF-8” when you save it."),
        ("city\nLewes".encode("utf-16"), "The file is not UTF-8. In a spreadsheet, choose “CSV UTF-8” when you save it."),
        (b"", "The first line must name the columns, as in a file that was exported here."),
        (b"Lewes,ada@example.com\n", "The first line must name the columns, as in a file that was exported here."),
        (b"zip,city,postcode\n", "Two columns mean the same: zip, postcode. Leave one of them out."),
        (b"city\n" + b"x\n" * 1001, "The file has more than 1000 rows. Split it and import one part after the other."),
        (b"city\n" + b"x" * 500_000, "The file is larger than 500 KB. Split it and import one part after the other."),
        (b'city\n"' + b"x" * 140_000, "Line 2 cannot be read: a quotation mark may be missing, or a cell is far too long."),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_says_why(content: bytes, words: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        sheets.read(content, HEADERS)
    assert refusal.value.messages == [words]


def test_a_file_is_written_piece_by_piece() -> None:
    given_out = []
    rows = (given_out.append(number) or [number] for number in range(3))  # type: ignore[func-returns-value]  # it notes what was asked for
    pieces = sheets.written(["n"], rows)
    next(pieces)
    assert given_out == [0]
    assert list(csv.reader(io.StringIO("".join(pieces)))) == [["0"], ["1"], ["2"]]
