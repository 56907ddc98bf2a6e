"""Formats. CSV as RFC 4180 has it: commas, CRLF, UTF-8 without a byte order mark."""

import csv
import re
from collections.abc import Generator, Iterable, Sequence

from payments.exports.columns import Cell, Column

# What a spreadsheet takes for the start of a formula, also after blanks: OWASP's list with its
# full-width forms (https://owasp.org/www-community/attacks/CSV_Injection). A cell that has the mark
# already gets one more, so that taking one off always gives the text back.
FORMULA = re.compile("'*(?:[^\\S\t\r\n]|[\ufeff\u200b])*[=+\\-@\t\r\n\0＝＋－＠]")
LINES_AT_ONCE = 200


class _Line:
    """The file that csv.writer wants: hands each line back."""

    def write(self, line: str) -> str:
        return line


def csv_lines(
    columns: Sequence[Column], rows: Iterable[Sequence[Cell]]
) -> Generator[str, None, None]:
    """The head line, then the rows, some hundred lines at a time."""
    write = csv.writer(_Line(), lineterminator="\r\n").writerow
    text = [index for index, column in enumerate(columns) if column.text]
    pending = [write([column.name for column in columns])]
    for row in rows:
        cells = list(row)
        for index in text:
            cells[index] = harmless(cells[index])
        pending.append(write(cells))
        if len(pending) >= LINES_AT_ONCE:
            yield "".join(pending)
            pending.clear()
    yield "".join(pending)


def harmless(cell: Cell) -> Cell:
    """Text that no spreadsheet runs: an apostrophe before anything that begins like a formula."""
    if isinstance(cell, str) and FORMULA.match(cell):
        return f"'{cell}"
    return cell
