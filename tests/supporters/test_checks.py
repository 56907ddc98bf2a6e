"""A deployment mistake of the front of house is told at start, with its variable's name."""

from supporters.checks import article_facts


def test_a_function_that_is_there_is_no_mistake(settings):
    assert article_facts() == []
    settings.ARTICLE_FACTS = ""
    assert article_facts() == []


def test_a_name_that_leads_nowhere_is_named(settings):
    settings.ARTICLE_FACTS = "newsroom.articles.facts"
    (error,) = article_facts()
    assert error.id == "supporters.E001"
    assert "ARTICLE_FACTS" in error.msg
