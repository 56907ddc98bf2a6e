"""Finds what an appeal claims: numbers, dates and urgent words, in the languages of the desk.

Words may be found too often, never too seldom: a claim for a harmless number is a minute's work,
a false one in print is not taken back. "Now" alone is not urgent; "one" is mostly no number.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

PLACEHOLDER = re.compile(r"\{([^{}\s]*)\}")
NUMBER, DATE, URGENT = "number", "date", "urgent"

MONTHS = (
    "january february march april june july august september october november december "
    "janvier février mars avril juin juillet août septembre octobre novembre décembre "
    "januar februar märz april juni juli august september oktober november dezember "
    "enero febrero marzo abril junio julio agosto septiembre octubre noviembre diciembre"
)
DAYS = (
    "monday tuesday wednesday thursday friday saturday sunday today tonight tomorrow midnight "
    "christmas easter lundi mardi mercredi jeudi vendredi samedi dimanche demain minuit noël "
    "montag dienstag mittwoch donnerstag freitag samstag sonntag heute morgen mitternacht "
    "weihnachten lunes martes miércoles jueves viernes sábado domingo hoy mañana medianoche"
)
COUNTS = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred "
    "hundreds thousand thousands million millions billion dozen dozens half third quarter twice "
    "double triple deux trois quatre cinq six sept huit neuf dix douze vingt trente cent cents "
    "mille millions zwei drei vier fünf sechs sieben acht neun zehn zwölf zwanzig hundert tausend "
    "millionen dos tres cuatro cinco seis siete ocho nueve diez doce veinte cien mil millones"
)
URGENCY = (
    r"urgent(?:ly)?|urgency|deadlines?|emergenc(?:y|ies)|crisis|hurry|immediately|"
    r"last chance|final (?:chance|days?|hours?|call)|before it[’']?s too late|too late|"
    r"running out|act now|now or never|right now|don[’']t wait|without delay|"
    r"surviv(?:e|al|ing)|at risk|in danger|shut(?:ting)? down|clos(?:e|ing) down|"
    r"only \w+ left|this (?:week|month|year)(?: only)?|by the end of|ends? soon|"
    r"urgence|dernière chance|avant qu[’']il ne soit trop tard|survie|dringend|letzte chance|"
    r"bevor es zu spät ist|überleben|urgente|última oportunidad|sobrevivir"
)


def _any_of(words: str) -> str:
    return "|".join(sorted(set(words.split()), key=len, reverse=True))


# A number takes its sign or unit along, a day its number and year: that is the phrase to prove.
MONTH = rf"(?:{_any_of(MONTHS)}|may(?=\s+\d)|(?<=\d )may|mai|mayo)"
PATTERNS = (
    (
        DATE,
        rf"(?:\d{{1,2}}(?:st|nd|rd|th|\.)?\s+(?:de\s+)?)?\b{MONTH}\b(?:,?\s+\d{{1,2}}\b)?"
        r"(?:,?\s+(?:de\s+)?\d{4}\b)?",
    ),
    (DATE, rf"\b(?:{_any_of(DAYS)})\b"),
    (DATE, r"\b\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}\b"),
    (NUMBER, r"[€£$¥]?\s?\d[\d.,’\s\u00a0\u202f]*\d(?:\s?[%€£$¥])?|[€£$¥]?\d(?:\s?[%€£$¥])?"),
    (NUMBER, rf"\b(?:{_any_of(COUNTS)})(?:-(?:{_any_of(COUNTS)}|one))?\b"),
    (URGENT, rf"\b(?:{URGENCY})\b"),
)
COMPILED = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in PATTERNS)


@dataclass(frozen=True, slots=True)
class Found:
    """Something that needs a claim: where it stands in the text, and of which kind it is."""

    kind: str
    phrase: str
    start: int
    end: int


def find(text: str) -> list[Found]:
    """What has to be proven, in the order of the text; placeholders prove themselves."""
    blanked = PLACEHOLDER.sub(lambda match: " " * len(match[0]), text)
    found: list[Found] = []
    for each in _matches(blanked):
        if not any(each.start < other.end and other.start < each.end for other in found):
            found.append(each)
    return sorted(found, key=lambda each: each.start)


def placeholders(text: str) -> list[str]:
    """Names between braces, in their order."""
    return PLACEHOLDER.findall(text)


def _matches(text: str) -> Iterator[Found]:
    for kind, pattern in COMPILED:
        for match in pattern.finditer(text):
            phrase = match[0].strip()
            start = match.start() + match[0].index(phrase)
            yield Found(kind, phrase, start, start + len(phrase))
