"""Whether an appeal's colours can be read (WCAG 2.2, success criteria 1.4.3 and 1.4.11)."""

import re
from dataclasses import dataclass
from functools import cache

from django.contrib.staticfiles import finders

TEXT, LARGE = 4.5, 3.0
SCHEMES = ("light", "dark")
NAMES = ("brand", "brand_ink")
COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
DECLARED = re.compile(r"--([a-z-]+):\s*(#[0-9a-f]{6})", re.IGNORECASE)
TINT = 0.08


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A pair of colours with too little between them; `ratio` is what it has."""

    scheme: str
    pair: str
    ratio: float
    needed: float


def unreadable(colours: dict[str, dict[str, str]]) -> list[Unreadable]:
    """The pairs of an appeal in a campaign's colours that are under their bound."""
    return [
        Unreadable(scheme, pair, ratio, needed)
        for scheme in SCHEMES
        for pair, ratio, needed in _pairs(_palette()[scheme] | colours.get(scheme, {}))
        if ratio < needed
    ]


def ratio(one: str, other: str) -> float:
    """WCAG's contrast ratio of two colours `#rrggbb`, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def is_colour(text: object) -> bool:
    return isinstance(text, str) and COLOUR.fullmatch(text) is not None


def house(scheme: str) -> dict[str, str]:
    """The newsroom's own colours, as tokens.css has them."""
    return dict(_palette()[scheme])


def _pairs(palette: dict[str, str]) -> list[tuple[str, float, float]]:
    """Links on paper, the button's words, the chosen tile's words, and its border."""
    brand, paper = palette["brand"], palette["paper"]
    return [
        ("brand on paper", ratio(brand, paper), TEXT),
        ("brand_ink on brand", ratio(palette["brand_ink"], brand), TEXT),
        ("brand on its tint", ratio(brand, _mixed(brand, paper, TINT)), TEXT),
        ("brand border on paper", ratio(brand, paper), LARGE),
    ]


@cache
def _palette() -> dict[str, dict[str, str]]:
    path = finders.find("supporters/css/tokens.css")
    with open(str(path), encoding="utf-8") as file:
        light, _, dark = file.read().partition("prefers-color-scheme: dark")
    named = {
        scheme: {name.replace("-", "_"): colour for name, colour in DECLARED.findall(css)}
        for scheme, css in (("light", light), ("dark", dark))
    }
    return {"light": named["light"], "dark": named["light"] | named["dark"]}


def _mixed(colour: str, ground: str, part: float) -> str:
    pairs = zip(_channels(colour), _channels(ground), strict=True)
    return "#" + "".join(f"{round(a * part + b * (1 - part)):02x}" for a, b in pairs)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _channels(colour: str) -> list[int]:
    return [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
