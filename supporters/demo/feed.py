"""The newspaper's feed: whole articles, and nothing but articles."""

from datetime import datetime

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.html import format_html_join

from supporters.demo.newspaper import Article, Paragraph, articles


class Paper(Feed):
    feed_type = Rss201rev2Feed
    title = settings.NEWSROOM_NAME
    description = "The newest stories."
    link = "/"
    language = settings.LANGUAGE_CODE

    def items(self) -> tuple[Article, ...]:
        return articles()[:10]

    def item_title(self, item: Article) -> str:
        return item.headline

    def item_link(self, item: Article) -> str:
        return reverse("demo:article", args=[item.slug])

    def item_description(self, item: Article) -> str:
        paragraphs = (each for each in item.blocks if isinstance(each, Paragraph))
        texts = ("".join(run.text for run in each.runs) for each in paragraphs)
        return format_html_join("", "<p>{}</p>", ((text,) for text in (item.standfirst, *texts)))

    def item_author_name(self, item: Article) -> str:
        return item.byline

    def item_pubdate(self, item: Article) -> datetime:
        return item.published_at
