"""A delivered value as SQL: how the text of each kind of column is read, and as which type it is kept."""

from pipelines.intake.contract import Column

_TYPES = {
    "ref": "VARCHAR", "code": "VARCHAR", "date": "DATE", "datetime": "TIMESTAMP", "month": "DATE",
    "number": "DOUBLE", "integer": "BIGINT", "yes_no": "BOOLEAN", "yes_no_unknown": "code_yes_no_unknown",
    "text": "VARCHAR", "name": "VARCHAR", "wkt": "VARCHAR", "pseudonym": "UBIGINT",
}  # fmt: skip
READ_WITH_SPACES = ("code", "date", "number", "yes_no_unknown")
_YES = "('yes', 'y', 'true', '1')"
_NO = "('no', 'n', 'false', '0')"


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def sql_type(column: Column) -> str:
    """The type a column is kept as; a code is kept as a word of its vocabulary, which no other word can be."""
    return quoted(f"code_{column.vocabulary}") if column.vocabulary else _TYPES[column.type]


def vocabulary_types(vocabularies: dict[str, list[str]]) -> list[str]:
    """Statements that make each vocabulary a type of the database."""
    vocabularies = {**vocabularies, "yes_no_unknown": ["yes", "no", "unknown"]}
    return [type_of_words(f"code_{name}", words) for name, words in sorted(vocabularies.items())]


def type_of_words(name: str, words: list[str]) -> str:
    """The statement that makes a type of the database whose values are these words and no other."""
    return f"CREATE TYPE IF NOT EXISTS {quoted(name)} AS ENUM ({', '.join(literal(word) for word in words)})"


def parsed(column: Column, raw: str) -> str:
    """SQL that reads one trimmed text value as the column's type, null when it cannot be."""
    if column.type == "date":
        british = f"try_cast(try_strptime(trim({raw}), '%d/%m/%Y') AS DATE)"
        # Trimmed in another way, or the database would trim every value once for both, though hardly one needs it.
        timed = f"try_cast(try_cast(ltrim(rtrim({raw})) AS TIMESTAMP) AS DATE)"
        return f"CASE WHEN {raw} IS NOT NULL THEN coalesce(try_cast({raw} AS DATE), {british}, {timed}) END"
    if column.type == "month":
        return f"try_cast(try_strptime({raw}, '%Y-%m') AS DATE)"
    if column.type == "datetime":
        british = "['%d/%m/%Y %H:%M', '%d/%m/%Y %H:%M:%S', '%d/%m/%Y']"
        return f"coalesce(try_cast({raw} AS TIMESTAMP), try_strptime({raw}, {british}))"
    if column.type == "number":
        return f"coalesce(try_cast({raw} AS DOUBLE), try_cast(trim({raw}) AS DOUBLE))"
    if column.type == "integer":
        return f"CASE WHEN regexp_full_match({raw}, '[+-]?[0-9]{{1,15}}(\\.0+)?') THEN try_cast({raw} AS BIGINT) END"
    if column.type == "yes_no":
        return f"CASE WHEN lower({raw}) IN {_YES} THEN true WHEN lower({raw}) IN {_NO} THEN false END"
    if column.type == "pseudonym":
        return f"CASE WHEN {raw} IS NOT NULL THEN hash({raw}) END"
    if column.type in ("code", "yes_no_unknown"):
        # Most codes come as their vocabulary writes them; the few that do not are worth a second look, nothing is not.
        tries = f"try_cast({raw} AS {sql_type(column)}), try_cast(lower(trim({raw})) AS {sql_type(column)})"
        return f"CASE WHEN {raw} IS NOT NULL THEN coalesce({tries}) END"
    return raw


def sound(column: Column) -> str:
    """SQL that leaves out what a database calls a date or a number and nobody else does: infinity, the year 24."""
    value = quoted(column.name)
    if column.type in ("date", "month", "datetime"):
        return f"CASE WHEN {value} BETWEEN DATE '1000-01-01' AND DATE '9999-01-01' THEN {value} END"
    return f"CASE WHEN isfinite({value}) THEN {value} END" if column.type == "number" else value


def text_of(column: Column, given: str) -> str:
    """Text without the spaces around it, null when nothing is left; most text has none, and finding that is quicker.

    Codes, dates and numbers are read with their spaces, and only those that cannot be are trimmed (see `parsed`).
    """
    text = f"CAST({given} AS VARCHAR)"
    if column.type in READ_WITH_SPACES:
        # Half a point is known by what was left out; of no other is a blank taken for anything but nothing.
        return blank_is_null(given) if column.type == "number" else text
    # Text with letters of more than one byte may begin or end in a no-break space, as spreadsheets leave them.
    spaced = f"starts_with({text}, ' ') OR ends_with({text}, ' ') OR strlen({text}) <> length({text})"
    return f"nullif(CASE WHEN {spaced} THEN trim({text}) ELSE {text} END, '')"


def blank_is_null(given: str) -> str:
    """What was delivered, as text with the spaces around it, null when there is none."""
    return f"nullif(CAST({given} AS VARCHAR), '')"
