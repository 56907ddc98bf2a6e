"""The appeal inside an article: after the right paragraph, never where it would disturb."""

import pytest

from supporters.appeals import inside

ASK = "<aside>ask</aside>"


def put(html, after=1):
    return inside.put(html, ASK, after=after)


@pytest.mark.parametrize(
    ("html", "after", "wanted"),
    [
        ("<p>a</p><p>b</p><p>c</p>", 1, "<p>a</p>ASK<p>b</p><p>c</p>"),
        ("<p>a</p><p>b</p><p>c</p>", 2, "<p>a</p><p>b</p>ASK<p>c</p>"),
        ("<h2>h</h2><p>a</p><h2>i</h2><p>b</p>", 1, "<h2>h</h2><p>a</p>ASK<h2>i</h2><p>b</p>"),
        (
            "<p>a:</p><ul><li>x</li></ul><p>b</p><p>c</p>",
            1,
            "<p>a:</p><ul><li>x</li></ul><p>b</p>ASK<p>c</p>",
        ),
        (
            "<p>a</p><figure class='alignleft'><img></figure><p>b</p><p>c</p><p>d</p><p>e</p>",
            1,
            "<p>a</p><figure class='alignleft'><img></figure><p>b</p><p>c</p><p>d</p>ASK<p>e</p>",
        ),
        (
            "<p>a</p><p><img style='float: right'>b</p><p>c</p><p>d</p><p>e</p><p>f</p>",
            1,
            "<p>a</p><p><img style='float: right'>b</p><p>c</p><p>d</p><p>e</p>ASK<p>f</p>",
        ),
        (
            "<blockquote><p>q</p></blockquote><p>a</p><p>b</p>",
            1,
            "<blockquote><p>q</p></blockquote><p>a</p>ASK<p>b</p>",
        ),
        ("<p> </p><p>a</p><p>b</p>", 1, "<p> </p><p>a</p>ASK<p>b</p>"),
        ("<p>a<p>b<p>c", 1, "<p>aASK<p>b<p>c"),
        ("<p>a</p>\n<p>b</p>\n\n<p>c</p>\n", 2, "<p>a</p>\n<p>b</p>ASK\n\n<p>c</p>\n"),
        ("<p>a</p><br><p>b</p><p>c</p>", 2, "<p>a</p><br><p>b</p>ASK<p>c</p>"),
    ],
)
def test_it_stands_after_the_paragraph_or_the_next_fit_one(html, after, wanted):
    assert put(html, after) == wanted.replace("ASK", ASK)


@pytest.mark.parametrize(
    "html",
    [
        "",
        "plain words",
        "<p>a</p>",
        "<p>a</p><p>b</p>",
        "<div><p>a</p><p>b</p><p>c</p></div>",
        "<p>a</p></div><p>b</p>",
    ],
)
def test_a_text_without_a_place_stays_as_it_is(html):
    assert put(html, after=2) == html


def test_it_never_stands_beside_a_floated_picture_or_right_after_a_heading():
    html = "<h2>h</h2><img class='left' src='a.jpg'><p>a</p><h3>i</h3><p>b</p>"
    assert put(html) == html
