"""The receipt as an archive, a screen reader, a tax office and an attacker meet it."""

import hashlib
import io
import subprocess
import sys
from datetime import date

import pikepdf
import pytest

from payments.receipts.facts import ReceiptFacts
from payments.receipts.pdf import receipt_html, render_pdf
from payments.receipts.press import ReceiptRenderError, typeset
from tests.payments.receipts.papers import facts, structure, words, words_of_html, xmp

PAGE = '<html lang="en"><head><title>A page</title></head><body>%s</body></html>'


@pytest.fixture(scope="module")
def printed() -> bytes:
    return render_pdf(facts())


@pytest.fixture(scope="module")
def pdf(printed):
    with pikepdf.open(io.BytesIO(printed)) as opened:
        yield opened


# --- For the archive and the screen reader ------------------------------------------------------


def test_it_names_itself_pdf_a_3a_and_pdf_ua_1(pdf):
    assert 'pdfaid:part="3"' in xmp(pdf)
    assert 'pdfaid:conformance="A"' in xmp(pdf)
    assert "<pdfuaid:part>1</pdfuaid:part>" in xmp(pdf)
    with pdf.open_metadata() as metadata:
        assert metadata["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"


def test_it_describes_the_metadata_that_the_archive_standard_does_not_know(pdf):
    assert "pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/<" in xmp(pdf)
    assert xmp(pdf).count("<rdf:RDF") == 1


def test_it_has_a_title_a_language_and_shows_the_title(pdf):
    assert str(pdf.docinfo.Title) == "Receipt 2026-000123 · The Harbour Courier"
    assert str(pdf.Root.Lang) == "en"
    assert pdf.Root.ViewerPreferences.DisplayDocTitle is True
    assert pdf.Root.MarkInfo.Marked is True


def test_it_is_dated_by_its_facts_and_not_by_the_clock(pdf):
    assert str(pdf.docinfo.CreationDate) == "D:20261115"
    assert "<xmp:CreateDate>2026-11-15</xmp:CreateDate>" in xmp(pdf)


def test_it_carries_its_colour_profile_and_every_font_it_uses(pdf):
    assert pdf.Root.OutputIntents[0].S == "/GTS_PDFA1"
    descriptors = [item for item in pdf.objects if _is(item, "/FontDescriptor")]
    assert len(descriptors) == 3
    assert all("/FontFile2" in descriptor for descriptor in descriptors)
    assert all("/ToUnicode" in font for font in pdf.objects if _is(font, "/Font", "/Type0"))


def test_its_tags_follow_the_order_in_which_it_is_read(pdf):
    read = [tag for _, tag, _ in structure(pdf) if tag in ("H1", "P", "Table", "TH", "TD")]
    assert read[:2] == ["H1", "P"]
    assert read.index("H1") < read.index("Table") < read.index("TD")
    assert [tag for tag in read if tag == "Table"] == ["Table", "Table"]
    assert read.count("H1") == 1


def test_every_table_header_has_a_scope_and_every_cell_its_headers(pdf):
    headers = [element for _, tag, element in structure(pdf) if tag == "TH"]
    assert [str(header.A.Scope) for header in headers] == ["/Column"] * 2 + ["/Row"] * 6
    named = {str(header.ID) for header in headers}
    cells = [element for _, tag, element in structure(pdf) if tag == "TD"]
    assert len(cells) == 6
    assert all({str(header) for header in cell.A.Headers} <= named for cell in cells)
    assert all(len(cell.A.Headers) for cell in cells)


def test_everything_painted_is_either_tagged_or_marked_as_decoration(pdf):
    open_marks = 0
    for operands, operator in pikepdf.parse_content_stream(pdf.pages[0]):
        name = str(operator)
        open_marks += (name in ("BDC", "BMC")) - (name == "EMC")
        assert open_marks or name not in ("Tj", "TJ", "f", "S", "B", "Do"), (operands, name)


def test_a_program_reads_the_same_words_as_a_person_sees(printed):
    assert sorted(words(printed)) == sorted(words_of_html(receipt_html(facts())))


def test_it_is_one_a4_page_of_a_few_kilobytes(pdf, printed):
    (page,) = pdf.pages
    assert [round(float(edge)) for edge in page.mediabox] == [0, 0, 595, 842]
    assert len(printed) < 30_000


# --- The same for ever --------------------------------------------------------------------------


def test_the_same_facts_give_the_same_bytes(printed):
    render_pdf(facts(supporter_name="Γιώργος", currency="jpy", amount_minor=1050))
    assert render_pdf(ReceiptFacts.from_json(facts().to_json())) == printed


def test_another_process_prints_the_same_bytes(printed):
    program = (
        "import os, sys, hashlib, django; django.setup();"
        "from payments.receipts.pdf import render_pdf;"
        "from tests.payments.receipts.papers import facts;"
        "print(hashlib.sha256(render_pdf(facts())).hexdigest())"
    )
    other = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert other.stdout.strip() == hashlib.sha256(printed).hexdigest()


# --- What it says -------------------------------------------------------------------------------


def text(**changed) -> str:
    return " ".join(words(render_pdf(facts(**changed))))


def test_gift_and_cover_stand_apart_and_add_up():
    said = text()
    for part in ("€10.00", "Added to cover the payment fee", "€0.50", "€10.50"):
        assert part in said


def test_no_cover_no_line_about_it():
    assert "cover" not in text(cover_minor=0, gift_minor=1050)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"frequency": "once", "kind": "gift"}, "One-time contribution"),
        ({"kind": "renewal"}, "Monthly contribution, renewal"),
        ({"frequency": "year"}, "Yearly contribution, first payment"),
        ({"frequency": "year", "kind": "renewal"}, "Yearly contribution, renewal"),
        ({"period": "14 November to 13 December 2026"}, "14 November to 13 December 2026"),
        ({"dedication": "In memory of Γιώργος Σεφέρης"}, "In memory of Γιώργος Σεφέρης"),
        ({"received_on": date(2026, 1, 2)}, "2 January 2026"),
        ({"currency": "jpy", "gift_minor": 1_000_000, "amount_minor": 1_000_050}, "¥1,000,050"),
        ({"gift_minor": 123_456_700, "amount_minor": 123_456_750}, "€1,234,567.50"),
        ({"language": "de"}, "10,50 €"),
        ({"supporter_name": "نورا"}, "kept in our books in its own script"),
    ],
)
def test_it_says_what_was_received_for_what(changed, said):
    assert said in text(**changed)


def test_a_refund_note_names_the_receipt_that_it_corrects():
    said = text(refund_of="2026-000099")
    for part in ("Refund note", "Refund of receipt 2026-000099", "Total refunded", "Refunded on"):
        assert part in said
    assert "Thank you" not in said


def test_a_contribution_without_method_or_legal_lines_still_has_a_receipt():
    assert "Paid by" not in text(method="", newsroom_legal_lines=(), newsroom_address=())


# --- Hostile and unlucky input ------------------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    '<link rel=attachment href="file:///etc/passwd">',
    "</title><h1>Paid</h1>",
    "{{ facts.number }}{% debug %}",
    "&nbsp;&bogus;<![CDATA[",
    "Nora\n\nTotal received €9,999.00",
    "]]></body></html>",
    "url(file:///etc/passwd)",
]


@pytest.mark.case("A9")
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_printed_as_text_and_does_nothing(name):
    printed = render_pdf(facts(supporter_name=name, dedication=name, method=name))
    with pikepdf.open(io.BytesIO(printed)) as pdf:
        assert [tag for _, tag, _ in structure(pdf)].count("H1") == 1
        assert len(pdf.attachments) == 0
        assert "/Annots" not in pdf.pages[0]
    assert "".join(name.split()) in "".join(words(printed))


@pytest.mark.parametrize("letter", ["N", "Ω", "Я", "ễ", "N "])
def test_five_hundred_letters_fit_the_paper(letter):
    name = (letter * 500)[:500].strip()
    printed = render_pdf(facts(supporter_name=name, dedication=name))
    assert "".join(words(printed)).count(name.replace(" ", "")) == 2


@pytest.mark.case("F37")
def test_a_letter_of_the_newsroom_without_a_glyph_is_a_failed_receipt_that_names_it():
    with pytest.raises(ReceiptRenderError, match=r"U\+5C71"):
        render_pdf(facts(newsroom_name="The 山 Courier"))


def test_the_error_and_the_log_hold_no_letter_of_a_name(caplog):
    with pytest.raises(ReceiptRenderError) as caught:
        typeset(PAGE % "<p>山</p>")
    assert "山" not in str(caught.value) + caplog.text


@pytest.mark.case("F37")
def test_a_control_character_from_outside_is_a_failed_receipt_and_not_a_crash():
    with pytest.raises(ReceiptRenderError):
        render_pdf(facts(newsroom_name="The \x00 Courier"))


@pytest.mark.case("A10")
@pytest.mark.parametrize(
    "markup",
    [
        '<img src="file:///etc/passwd" alt="x"/>',
        '<img src="http://169.254.169.254/latest/meta-data/" alt="x"/>',
        '<img src="bundled:../../config/settings.py" alt="x"/>',
        '<img src="bundled:fonts/../../../manage.py" alt="x"/>',
        '<img src="data:image/svg+xml,%3Csvg/%3E" alt="x"/>',
        '<p style="background: url(file:///etc/passwd)">x</p>',
        '<p style="background: url(http://169.254.169.254/)">x</p>',
        '<p style="list-style-image: url(//example.org/x.png); display: list-item">x</p>',
        '<p style="content: url(https://example.org/x.png)">x</p>',
        "<style>@import url(http://169.254.169.254/x.css);</style>",
        '<style>@font-face { font-family: "x"; src: url(file:///etc/passwd) }</style>',
        '<link rel="stylesheet" href="https://example.org/x.css"/>',
        '<link rel="attachment" href="file:///etc/passwd"/>',
        '<link rel="attachment" href="data:text/plain,secret"/>',
        '<object data="file:///etc/passwd" type="image/png">x</object>',
        '<embed src="http://169.254.169.254/" type="image/png"/>',
        '<svg xmlns="http://www.w3.org/2000/svg"><title>x</title>'
        '<image href="file:///etc/passwd" width="9" height="9"/></svg>',
        '<svg xmlns="http://www.w3.org/2000/svg"><title>x</title>'
        '<use href="http://169.254.169.254/a.svg#b"/></svg>',
    ],
)
def test_nothing_outside_the_bundle_is_ever_fetched(markup):
    try:
        printed = typeset(PAGE % markup)
    except ReceiptRenderError as error:
        assert "not bundled" in str(error)  # noqa: PT017 both ends are fine: see below
    else:  # WeasyPrint had no use for the address and did not ask
        with pikepdf.open(io.BytesIO(printed)) as pdf:
            assert len(pdf.attachments) == 0
            assert not pdf.pages[0].get_images()


@pytest.mark.case("F37")
def test_after_a_failed_document_the_press_goes_on(printed):
    with pytest.raises(ReceiptRenderError):
        typeset(PAGE % '<img src="file:///etc/passwd" alt="x"/>')
    with pytest.raises(ReceiptRenderError):
        typeset("<html><p>")
    assert render_pdf(facts()) == printed


def _is(item, kind: str, subtype: str | None = None) -> bool:
    if not isinstance(item, pikepdf.Dictionary) or item.get("/Type") != kind:
        return False
    return subtype is None or item.get("/Subtype") == subtype
