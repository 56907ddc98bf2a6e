"""The colours of tokens.css keep the contrasts they promise, in light and in dark.

Formulas: WCAG 2.2, relative luminance and contrast ratio (https://www.w3.org/TR/WCAG22/).
"""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[2] / "supporters/static/supporters/css/tokens.css"
PAIR = re.compile(r"pair: (--[\w-]+) on (--[\w-]+) ([\d.]+)")
PROPERTY = re.compile(r"(--[\w-]+):\s*([^;]+);")
MIX = re.compile(r"color-mix\(in srgb, var\((--[\w-]+)\) (\d+)%, var\((--[\w-]+)\)\)")

Colour = tuple[float, float, float]


def properties(*, dark: bool) -> dict[str, str]:
    css = TOKENS.read_text(encoding="utf-8")
    dark_block = re.compile(r"@media \(prefers-color-scheme: dark\) \{(.*?)\n\}", re.S)
    values = dict(PROPERTY.findall(dark_block.sub("", css)))
    found = dark_block.search(css)
    assert found, "tokens.css has no dark block"
    return values | dict(PROPERTY.findall(found[1])) if dark else values


def colour(name: str, values: dict[str, str]) -> Colour:
    text = values[name].strip()
    mixed = MIX.fullmatch(text)
    if mixed:
        share = int(mixed[2]) / 100
        upper, lower = colour(mixed[1], values), colour(mixed[3], values)
        return tuple(a * share + b * (1 - share) for a, b in zip(upper, lower, strict=True))
    assert re.fullmatch(r"#[0-9a-f]{6}", text), f"{name} is neither a hex colour nor a mixture"
    return tuple(int(text[i : i + 2], 16) / 255 for i in (1, 3, 5))


def luminance(rgb: Colour) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: Colour, second: Colour) -> float:
    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


PAIRS = PAIR.findall(TOKENS.read_text(encoding="utf-8"))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("upper", "lower", "least"), PAIRS)
def test_each_promised_pair_has_its_contrast(upper, lower, least, dark):
    values = properties(dark=dark)
    assert contrast(colour(upper, values), colour(lower, values)) >= float(least)


def test_every_colour_stands_in_a_promise():
    promised = {name for pair in PAIRS for name in pair[:2]}
    coloured = {
        name
        for name, value in properties(dark=False).items()
        if value.startswith(("#", "color-mix"))
    }
    decoration = {"--line"}
    assert coloured - decoration == promised


def test_black_on_white_is_twenty_one_to_one():
    assert contrast((0, 0, 0), (1, 1, 1)) == pytest.approx(21)
