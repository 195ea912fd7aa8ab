"""The language of the search box: a line of text, what it asks, how it is written, and help with it."""

from pinakes.search.language.explaining import help_page
from pinakes.search.language.parsing import parsed
from pinakes.search.language.reading import Values
from pinakes.search.language.suggesting import Suggestion, suggestions
from pinakes.search.language.writing import written

__all__ = ["Suggestion", "Values", "help_page", "parsed", "suggestions", "written"]
