"""What WeasyPrint leaves to us for the archive and the screen reader.

PDF/A-3 (ISO 19005-3) and PDF/UA-1 (ISO 14289-1) in one file: the PDF/UA identifier in the XMP
metadata, with the description of its schema that PDF/A demands of every schema it does not know
(6.6.2.3), and the scope of each table header (PDF/UA-1, 7.5).
"""

import pydyf

PDF_UA = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that the file follows</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""
END = b"</rdf:RDF>"


def finish(pdf: pydyf.PDF) -> None:
    """Add both to a document that WeasyPrint has built and not yet written."""
    _identify(_object(pdf, pdf.catalog["Metadata"]))
    for element in pdf.objects:
        if isinstance(element, dict) and element.get("S") == "/TH":
            element["A"]["Scope"] = _scope(pdf, element)


def _identify(metadata: pydyf.Stream) -> None:
    (xmp,) = metadata.stream
    head, end, tail = xmp.rpartition(END)
    if not end:
        raise ValueError("the metadata has no rdf:RDF to add to")
    metadata.stream = [head + PDF_UA + end + tail]


def _scope(pdf: pydyf.PDF, header: pydyf.Dictionary) -> str:
    """Headers in the table's head stand over columns, all others beside rows."""
    row = _object(pdf, header["P"])
    return "/Column" if _object(pdf, row["P"])["S"] == "/THead" else "/Row"


def _object(pdf: pydyf.PDF, reference: bytes) -> pydyf.Object:
    return pdf.objects[int(reference.split()[0])]
