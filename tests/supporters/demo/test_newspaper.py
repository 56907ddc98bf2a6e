"""The demo newspaper: enough to read, the same for everybody, and kept by caches."""

from pathlib import Path

import pytest

from supporters.demo import newspaper

PICTURES = Path(newspaper.__file__).parent.parent / "static"
SLUGS = [article.slug for article in newspaper.articles()]


def words(article):
    texts = []
    for block in article.blocks:
        if block.kind == "paragraph":
            texts += [run.text for run in block.runs]
        elif block.kind != "figures":
            texts.append(block.text)
    return len(" ".join(texts).split())


def test_there_are_a_dozen_articles_in_every_section_of_a_paper():
    assert len(SLUGS) >= 12
    assert {article.section for article in newspaper.articles()} == set(newspaper.SECTIONS)


@pytest.mark.parametrize("slug", SLUGS)
def test_an_article_is_long_enough_to_be_read_and_has_a_described_picture(slug):
    article = newspaper.find(slug)
    assert 450 <= words(article) <= 900
    assert len(article.alt) > 40
    picture = PICTURES / article.picture_path
    assert picture.stat().st_size < 48_000


@pytest.mark.django_db
@pytest.mark.parametrize("slug", SLUGS)
def test_every_article_opens_with_its_headline_and_its_story(client, slug):
    page = client.get(f"/articles/{slug}/").content.decode()
    article = newspaper.find(slug)
    assert f'<h1 id="headline">{article.headline}</h1>' in page.replace("&amp;", "&")
    assert article.blocks[-1].runs[-1].text[-40:] in page


@pytest.mark.django_db
def test_the_appeal_stands_between_standfirst_and_picture_and_after_the_article(client):
    page = client.get("/articles/skerrin-ferry/").content.decode()
    places = [
        page.index(mark)
        for mark in (
            "article__standfirst",
            'data-placement="article-top"',
            "article__picture",
            "</article>",
            'data-placement="article-end"',
            'id="comments"',
        )
    ]
    assert places == sorted(places)


@pytest.mark.django_db
def test_a_sensitive_story_carries_no_appeal(client):
    page = client.get("/articles/dock-four/").content.decode()
    assert "data-placement" not in page


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/sections/climate/", "/articles/jazz-archive/"])
def test_pages_are_the_same_for_everybody_and_kept_by_caches(client, address):
    first = client.get(address)
    client.cookies["session"] = "somebody"
    second = client.get(address, headers={"accept-language": "fr"})
    for answer in (first, second):
        assert answer["Cache-Control"] == "public, max-age=60"
        assert "Vary" not in answer
        assert not answer.cookies
    assert first.content == second.content


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/articles/never-written/", "/sections/horoscopes/"])
def test_what_was_never_printed_is_not_found(client, address):
    assert client.get(address).status_code == 404


@pytest.mark.django_db
def test_nothing_is_published_in_the_future():
    from payments import clock

    assert all(article.published_at <= clock.now() for article in newspaper.articles())


def test_quotation_marks_are_printers_own():
    text = newspaper.find("night-bus").blocks[0].runs[0].text
    assert '"' not in text
    assert "“" in newspaper.find("night-bus").blocks[1].runs[0].text
