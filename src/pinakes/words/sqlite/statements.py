"""What is asked of the file: the best documents by their words, the newest, and what is told of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pinakes.core.payload import Field, Kind, Schema
from pinakes.words.asked import Asked, Phrase
from pinakes.words.base import WordField
from pinakes.words.sqlite.clauses import Clause, column

#: The field by which newest pictures come first; those without it come last.
NEWEST = "taken_at"

#: What a word in each field weighs in a document's rank.
WEIGHTS: Mapping[WordField, float] = {
    WordField.TAGS: 8.0,
    WordField.TITLE: 6.0,
    WordField.NAME: 5.0,
    WordField.CAPTION: 4.0,
    WordField.PLACE: 3.0,
    WordField.TEXT: 2.0,
    WordField.DETAILS: 1.5,
    WordField.PATH: 1.0,
}

_FOUND = ", ".join(f'found."{field}"' for field in WordField)

_SCORE = f"-bm25(found, {', '.join(str(WEIGHTS[field]) for field in WordField)})"


def ranked(asked: Asked, seen: Clause) -> Clause:
    """Ids and scores of the best; the words are looked up first, whatever the planner thinks of them."""
    statement = (
        f"select found.rowid as id, {_SCORE} as score from found cross join documents "  # noqa: S608
        f"where documents.id = found.rowid and found match ? and {seen.sql} "
        f'order by score desc, documents."{NEWEST}" desc, id desc limit ?'
    )
    return Clause(statement, (_match(asked), *seen.values))


def newest(asked: Asked, seen: Clause) -> Clause:
    """Ids of the newest pictures, all with the same score."""
    without = (
        "documents.id not in (select rowid from found where found match ?)" if asked.unwanted else "true"
    )
    statement = (
        f"select id, 0.0 as score from documents where {without} and {seen.sql} "  # noqa: S608
        f'order by "{NEWEST}" desc, id desc limit ?'
    )
    return Clause(statement, (*([_any(asked.unwanted)] if asked.unwanted else []), *seen.values))


def whole_documents(schema: Schema, best: str) -> str:
    """Everything of the documents whose ids and scores `best` selects, in the same order."""
    columns = ", ".join(column(field) for field in schema.by_name.values())
    return (
        f"with best as materialized ({best}) "  # noqa: S608
        f"select best.id, best.score, documents.texts, {columns}, {_FOUND} from best "
        "cross join documents on documents.id = best.id cross join found on found.rowid = best.id "
        f'order by best.score desc, documents."{NEWEST}" desc, best.id desc'
    )


def only_assets(best: str) -> str:
    """The ids that `best` selects, in the order of `whole_documents`."""
    return (
        f"with best as materialized ({best}) "  # noqa: S608
        "select best.id from best cross join documents on documents.id = best.id "
        f'order by best.score desc, documents."{NEWEST}" desc, best.id desc'
    )


def held_words(field: Field, seen: Clause) -> Clause:
    """The words of a field, those of most documents first."""
    held = column(field)
    several = field.kind is Kind.KEYWORDS
    word, source = ("held.value", f", json_each({held}) as held") if several else (held, "")
    statement = (
        f"select {word} from documents{source} where {held} is not null and {seen.sql} "  # noqa: S608
        f"group by {word} order by count(*) desc, {word} limit ?"
    )
    return Clause(statement, seen.values)


def _match(asked: Asked) -> str:
    wanted = " AND ".join(f"({_phrase(phrase)})" for phrase in asked.wanted)
    return f"({wanted}) NOT ({_any(asked.unwanted)})" if asked.unwanted else wanted


def _any(phrases: Sequence[Phrase]) -> str:
    return " OR ".join(_phrase(phrase) for phrase in phrases)


def _phrase(phrase: Phrase) -> str:
    """The phrase as FTS5 reads it; a whole last word counts twice, as itself and as a beginning."""
    quoted = f'"{phrase.text}"'
    return f"{quoted} OR {quoted} *" if phrase.open_ended else quoted
