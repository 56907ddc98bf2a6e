"""How the font files beside this module were made; not used when a receipt is printed.

Run it from the repository with the directory of the unpacked npm packages `source-sans@3.52.0`
and `source-serif@4.5.1` (directories of those names):

    python payments/receipts/fonts/subset.py PACKAGES

The faces are cut to the scripts below and renamed, because the licence reserves the name "Source"
for the unmodified fonts. The result is the same bytes on every run.
"""

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter, load_font, save_font

HERE = Path(__file__).parent
FACES = {
    "sans-regular.ttf": ("source-sans/TTF/SourceSans3-Regular.ttf", "Receipt Sans", "Regular"),
    "sans-semibold.ttf": ("source-sans/TTF/SourceSans3-Semibold.ttf", "Receipt Sans", "Semibold"),
    "serif-semibold.ttf": (
        "source-serif/TTF/SourceSerif4-Semibold.ttf",
        "Receipt Serif",
        "Semibold",
    ),
}
RANGES = (
    (0x0020, 0x007E),
    (0x00A0, 0x024F),  # Latin-1, Latin Extended-A and -B
    (0x0259, 0x0259),
    (0x02B0, 0x02FF),  # apostrophes and modifier letters inside names
    (0x0300, 0x036F),  # combining marks the faces have
    (0x0370, 0x03FF),  # Greek
    (0x0400, 0x052F),  # Cyrillic and its supplement
    (0x1E00, 0x1EFF),  # Latin Extended Additional: Welsh, Vietnamese
    (0x1F00, 0x1FFF),  # Greek with breathings
    (0x2010, 0x2027),
    (0x202F, 0x203A),
    (0x20A0, 0x20C0),  # currency signs
    (0x2116, 0x2116),
    (0x2212, 0x2212),
)
FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "lnum", "tnum", "pnum"]


def cut(source: Path, family: str, style: str):
    """One face with only the code points and features above, under its new name."""
    options = Options(layout_features=FEATURES, hinting=False, notdef_outline=True)
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 7, 13, 14, 16, 17]
    font = load_font(str(source), options)
    font.recalcTimestamp = False
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[c for low, high in RANGES for c in range(low, high + 1)])
    subsetter.subset(font)
    rename(font["name"], family, style)
    return font, options


def rename(names, family: str, style: str) -> None:
    """Replace every name in which the reserved word stands."""
    for name_id in (7, 16, 17):
        names.removeNames(nameID=name_id)
    fresh = {1: f"{family} {style}".removesuffix(" Regular"), 2: "Regular", 4: f"{family} {style}"}
    fresh[3] = fresh[6] = f"{family} {style}".replace(" ", "")
    for name_id, text in fresh.items():
        names.setName(text, name_id, 3, 1, 0x409)


def main(packages: Path) -> None:
    """Write the faces of FACES next to this module."""
    for name, (path, family, style) in FACES.items():
        package, rest = path.split("/", 1)
        font, options = cut(packages / package / "package" / rest, family, style)
        save_font(font, str(HERE / name), options)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
