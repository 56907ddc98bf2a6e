"""The scripts as they are delivered: small, allowed by their hash, with nothing forbidden."""

import gzip
import re
from base64 import b64encode
from hashlib import sha256

import pytest

from config.inline import FOLDER, gate_script, script
from supporters.appeals import delivery

FORBIDDEN = ("eval(", "new Function", "innerHTML", "outerHTML", "insertAdjacentHTML", "setHTML")


def zipped(text):
    return len(gzip.compress(text.encode(), 9, mtime=0))


def test_the_gate_fits_into_one_and_a_half_kilobytes():
    assert zipped(gate_script()) <= 1536


def test_the_enhancement_and_the_embedding_script_fit_into_eight():
    assert zipped((FOLDER / "appeal.js").read_text()) <= 8 * 1024
    assert zipped(script(*delivery.EMBED)) <= 8 * 1024


@pytest.mark.django_db
def test_the_gate_in_a_page_is_the_one_that_the_policy_allows(client):
    answer = client.get("/articles/night-bus/")
    (inline,) = re.findall(r"<script>(.+?)</script>", answer.content.decode(), re.DOTALL)
    digest = b64encode(sha256(inline.encode()).digest()).decode()
    policy = answer["Content-Security-Policy"]
    assert f"'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_no_script_needs_what_a_strict_policy_forbids():
    for text in (gate_script(), script(*delivery.EMBED), (FOLDER / "device.js").read_text()):
        assert [word for word in FORBIDDEN if word in text] == []
        assert not re.search(r"\.on[a-z]+=", text)


def test_putting_files_together_keeps_strings_as_they_are(tmp_path, monkeypatch):
    monkeypatch.setattr("config.inline.FOLDER", tmp_path)
    (tmp_path / "odd.js").write_text(
        '// why\nconst a = "x ; y // z";\n\nif (a) b( a , "\\" ) " );\n'
    )
    script.cache_clear()
    assert script("odd") == '(()=>{const a="x ; y // z";if(a)b(a,"\\" ) ");})()'
    script.cache_clear()
