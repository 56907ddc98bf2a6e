"""The appeal is not the article: extractors, feeds and search snippets never carry it."""

from dataclasses import replace

import pytest
import trafilatura
from readability import Document

from supporters.appeals import bundle
from supporters.demo import newspaper
from tests.supporters.appeals.drafts import CONTENT, published

pytestmark = pytest.mark.django_db
ARTICLES = ["night-bus", "skerrin-ferry", "flood-wall-contract"]
OURS = (
    "need your help",
    "worth your time",
    "join them",
    "Not now",
    "already support",
    "Why am I seeing this",
    "Monthly",
    "Reporting that stays open",
)


def readability(html):
    return Document(html).summary()


def plain_text(html):
    return trafilatura.extract(html, include_comments=False)


@pytest.fixture
def everywhere():
    """An appeal at every placement, also inside the text and as a line above it."""
    for placement in ("in-article", "banner"):
        published(replace(CONTENT, placement=placement), code=placement)
    bundle.forget()


@pytest.mark.parametrize("extract", [readability, plain_text])
@pytest.mark.parametrize("slug", ARTICLES)
def test_a_reader_extracts_the_article_and_nothing_of_the_appeal(client, everywhere, slug, extract):
    html = client.get(f"/articles/{slug}/").content.decode()
    assert html.count("data-ko=") == 4
    text = extract(html)
    paragraphs = [b for b in newspaper.find(slug).blocks if isinstance(b, newspaper.Paragraph)]
    for block in (paragraphs[1], paragraphs[-2]):
        assert block.runs[0].text[:40] in text.replace("\n", " ")
    assert [words for words in OURS if words in text] == []


def test_the_feed_carries_whole_articles_and_no_appeal(client, everywhere):
    answer = client.get("/feed.xml")
    text = answer.content.decode()
    assert newspaper.articles()[0].headline in text.replace("&amp;", "&")
    assert "<item>" in text
    assert [words for words in OURS if words in text] == []


def test_every_appeal_is_an_aside_that_search_engines_do_not_quote(client, everywhere):
    html = client.get("/articles/night-bus/").content.decode()
    asides = html.split("<aside ")[1:]
    assert len(asides) == 4
    assert all("data-nosnippet" in aside.partition(">")[0] for aside in asides)
    head = html.partition("</head>")[0]
    assert [words for words in OURS if words in head] == []
