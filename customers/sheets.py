"""CSV as people's programs write and read it: any delimiter, forgiving headers, and no cell that acts as a formula."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LARGEST = 500_000  # bytes
MOST = 1_000  # rows
DELIMITERS = (",", ";", "\t")
MARK = "\ufeff"  # tells spreadsheets that what follows is UTF-8
FORMULA = re.compile(r"'*[=+\-@\t\r\0＝＋－＠]")  # what a spreadsheet would run, behind any number of guards


@dataclass(frozen=True, slots=True)
class Row:
    number: int  # of its first line in the file
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    columns: tuple[str, ...]
    unknown: tuple[str, ...]  # headers that mean nothing to us
    rows: tuple[Row, ...]


def guarded(value: str) -> str:
    """With a ' before what a spreadsheet would take for a formula; `unguarded` takes it away again."""
    return f"'{value}" if FORMULA.match(value) else value


def unguarded(value: str) -> str:
    return value[1:] if value.startswith("'") and FORMULA.match(value) else value


def written(columns: Sequence[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """The file piece by piece: what was given out is forgotten."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(MARK)
    writer.writerow(columns)
    for row in rows:
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        writer.writerow(guarded(str(value)) for value in row)
    yield buffer.getvalue()


def read(content: bytes, names: Mapping[str, str]) -> Sheet:
    """The sheet; `names` says which column a header means. What cannot be read is a ValidationError in words."""
    if len(content) > LARGEST:
        words = _("The file is larger than %(most)s KB. Split it and import one part after the other.")
        raise ValidationError(words % {"most": LARGEST // 1000})
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValidationError(
            _("The file is not UTF-8. In a spreadsheet, choose “CSV UTF-8” when you save it.")
        ) from None
    return parsed(text, names)


def parsed(text: str, names: Mapping[str, str]) -> Sheet:
    lines = io.StringIO(text.removeprefix(MARK), newline="")
    first = lines.readline()
    delimiter = max(DELIMITERS, key=lambda one: sum(name in names for name in map(plain, _cells(first, one))))
    lines.seek(0)
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        headers = next(reader, [])
        columns = _columns(headers, names)
        rows = tuple(_rows(reader, columns))
    except csv.Error as failure:
        words = _("Line %(number)s cannot be read: a quotation mark may be missing, or a cell is far too long.")
        raise ValidationError(words % {"number": reader.line_num}) from failure
    unknown = tuple(header for header in headers if header.strip() and plain(header) not in names)
    return Sheet(tuple(filter(None, columns)), unknown, rows)


def plain(header: str) -> str:
    """A header without case, accents, spaces and signs: `Post-Code` and `postcode` are one."""
    letters = unicodedata.normalize("NFKD", header).casefold()
    return "".join(letter for letter in letters if letter.isalnum())


def _columns(headers: Sequence[str], names: Mapping[str, str]) -> list[str]:
    columns = [names.get(plain(header), "") for header in headers]
    if not any(columns):
        raise ValidationError(_("The first line must name the columns, as in a file that was exported here."))
    twice = next((column for column in columns if column and columns.count(column) > 1), None)
    if twice:
        both = [header for header, column in zip(headers, columns, strict=True) if column == twice]
        raise ValidationError(_("Two columns mean the same: %s. Leave one of them out.") % ", ".join(both))
    return columns


def _rows(reader: Iterator[list[str]], columns: Sequence[str]) -> Iterator[Row]:
    number, count = 2, 0
    for cells in reader:
        if any(cell.strip() for cell in cells):
            count += 1
            if count > MOST:
                words = _("The file has more than %(most)s rows. Split it and import one part after the other.")
                raise ValidationError(words % {"most": MOST})
            filled = zip(columns, [*cells, *[""] * len(columns)], strict=False)
            yield Row(number, {column: unguarded(cell.strip()) for column, cell in filled if column})
        number = reader.line_num + 1  # type: ignore[attr-defined]  # csv's reader counts lines


def _cells(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter), [])
