"""PyYAML's errors, said to a person, with the place in the text."""

from __future__ import annotations

from yaml import MarkedYAMLError, YAMLError
from yaml.reader import ReaderError

from complygate.errors import SyntaxProblem
from complygate.syntax.offsets import Offsets

_KNOWN = {
    "mapping values are not allowed in this context": (
        'A ": " stands where no key can be.',
        "Quote the value if the colon is part of it, and look at the indentation.",
    ),
    "did not find expected key": (
        "A key was expected here.",
        "Look at the indentation of this line and of the ones above it.",
    ),
    "did not find expected '-' indicator": (
        'Another item of the list ("- ") was expected here.',
        "Look at the indentation of this line and of the ones above it.",
    ),
    "could not find expected ':'": (
        'A line stands where a key was expected, without ":" after it.',
        "Look at the indentation; quote a text that runs over several lines.",
    ),
    "found unexpected end of stream": ("The text ends inside a quoted string.", "Close the quote."),
    "did not find expected ',' or '}'": ("A map in braces is not closed.", "Close it with a brace."),
    "did not find expected ',' or ']'": ("A list in brackets is not closed.", "Close it with a bracket."),
    "found undefined tag handle": ("A tag uses a handle that no %TAG line defines.", ""),
}


def explain(path: str, text: str, error: YAMLError) -> SyntaxProblem:
    """Return what is wrong with `text`, the content of the file at `path`, for a person."""
    offsets = Offsets(text)
    if isinstance(error, ReaderError):
        at = _first_refused(text)
        message = (
            f"The character U+{ord(text[at]):04X} may not stand in YAML." if at < len(text) else error.reason
        )
        return SyntaxProblem(message, place=offsets.place(path, at))
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    at = 0 if mark is None else min(mark.index, len(text))
    problem = (getattr(error, "problem", None) or str(error)).strip()
    message, hint = _KNOWN.get(problem, (f"This is not YAML: {problem}.", ""))
    if text[at : at + 1] == "\t":
        message, hint = "A tab stands where YAML takes only spaces.", "Indent with spaces."
    return SyntaxProblem(message, place=offsets.place(path, at), hint=hint)


def _first_refused(text: str) -> int:
    """Return the offset of the first character that YAML does not take (YAML 1.2.2, section 5.1)."""
    for at, char in enumerate(text):
        if not (char.isprintable() or char in "\t\n\r\x85\ufeff" or char >= "\xa0") or char in "\ufffe\uffff":
            return at
    return len(text)
