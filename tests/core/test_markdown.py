import pytest

from core.markdown import render


def test_markdown_is_drawn_with_line_breaks_and_lists():
    html = render("Bring **two** access points\nand a ladder\n\n- one\n- two")
    assert "<strong>two</strong>" in html
    assert "<br>" in html
    assert "<li>one</li>" in html


def test_headings_start_below_those_of_the_page():
    assert render("# Site\n## Access") == "<h3>Site</h3>\n<h4>Access</h4>\n"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "![x](https://example.test/pixel.png)",
        "<a href='https://x.test' onclick='x()'>x</a>",
        '[x](https://x.test "a\\" onmouseover=\\"alert(1)")',
        "<style>body{display:none}</style>",
    ],
)
def test_nothing_runs_and_nothing_is_fetched(text):
    html = render(text)
    for piece in ("<script", "<img", "<style", "<a href='", 'href="javascript', ' onmouseover="'):
        assert piece not in html


def test_links_do_not_vouch_for_where_they_lead():
    assert 'rel="nofollow ugc noopener noreferrer"' in render("[x](https://example.test)")


def test_text_that_is_too_long_is_cut_and_deep_nesting_is_harmless():
    assert len(render("a" * 20_000)) < 10_100
    assert render(">" * 9_000)
    assert render("[" * 9_000)
    assert render("") == ""
