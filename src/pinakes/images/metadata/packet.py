"""Reading an XMP packet into plain values: no entities, no network, bounded in bytes, depth and elements."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NoReturn
from xml.parsers import expat

from pinakes.images.metadata.told import LONGEST_LIST, LONGEST_TEXT

#: Largest packet that is read, in bytes: programs put whole histories into it, and phones whole pictures.
LARGEST = 8 * 2**20

#: Deepest nesting and most elements that are followed; honest packets stay below a tenth of both.
DEEPEST, MOST_ELEMENTS = 40, 50_000

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns# "
_XML = "http://www.w3.org/XML/1998/namespace "

#: Attributes of RDF itself, which are no properties.
_SYNTAX = frozenset(_RDF + name for name in ("about", "ID", "nodeID", "parseType", "datatype", "resource"))

#: A property's value: text, list of values, or structure of names to values. A text in several languages is
#: the default's, or the first.
Value = str | list[Any] | dict[str, Any]


class _Refused(Exception):
    """Raised inside the parser to stop it: the packet declares entities, or is over a bound."""


@dataclass(slots=True)
class _Element:
    name: str
    attributes: dict[str, str]
    children: list[_Element] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.words).strip()


def properties(packet: bytes) -> dict[str, Value]:
    """Return the properties of a packet, named by namespace, a blank and local name.

    What was read before a fault is kept: a packet cut off tells what it told until there. A packet with a
    document type or entities tells nothing from there on.
    """
    found: dict[str, Value] = {}
    for description in _descriptions(_tree(packet[:LARGEST])):
        for name, value in _structure(description).items():
            found.setdefault(name, value)
    return found


def _tree(packet: bytes) -> _Element:
    root = _Element("", {})
    open_elements = [root]
    elements = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal elements
        elements += 1
        if elements > MOST_ELEMENTS or len(open_elements) > DEEPEST:
            raise _Refused
        element = _Element(name, attributes)
        open_elements[-1].children.append(element)
        open_elements.append(element)

    def end(_: str) -> None:
        open_elements.pop()

    def words(found: str) -> None:
        open_elements[-1].words.append(found)

    def refuse(*_: Any) -> NoReturn:
        raise _Refused

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, words
    # Without a document type there is nothing that could be expanded or fetched.
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.ExternalEntityRefHandler = refuse
    with suppress(expat.ExpatError, _Refused, ValueError, LookupError):
        parser.Parse(packet.lstrip(), True)
    return root


def _descriptions(root: _Element) -> list[_Element]:
    found, waiting = [], [root]
    while waiting:
        element = waiting.pop()
        if element.name == _RDF + "RDF":
            found += [child for child in element.children if child.name == _RDF + "Description"]
        else:
            waiting += reversed(element.children)
    return found


def _structure(element: _Element) -> dict[str, Value]:
    found: dict[str, Value] = {
        name: value[:LONGEST_TEXT]
        for name, value in element.attributes.items()
        if name not in _SYNTAX and not name.startswith(_XML) and " " in name
    }
    for child in element.children:
        value = _value(child)
        if value:
            found.setdefault(child.name, value)
    return found


def _value(element: _Element) -> Value:
    for child in element.children:
        kind = child.name.removeprefix(_RDF)
        if kind == "Alt":
            return _alternative(child)
        if kind in ("Bag", "Seq"):
            return [value for value in map(_value, child.children[:LONGEST_LIST]) if value]
        if kind == "Description":
            return _structure(child)
    if element.children or len(element.attributes.keys() - _SYNTAX - {_XML + "lang"}) > 0:
        return _structure(element)
    return (element.text or element.attributes.get(_RDF + "resource", ""))[:LONGEST_TEXT]


def _alternative(element: _Element) -> Value:
    choices = [child for child in element.children if child.name == _RDF + "li"]
    choices.sort(key=lambda child: child.attributes.get(_XML + "lang", "").lower() != "x-default")
    return next((value for value in map(_value, choices) if value), "")
