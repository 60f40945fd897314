"""The components: what they say, and that they never trust what they are given."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory

from core.badges import Badge, badge_for, register
from core.cards import Figure, Scorecard

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
NASTY = '<script>alert("x")</script>'
ESCAPED = "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;"


def draw(source: str, path: str = "/list/?q=1", **values: object) -> str:
    request = RequestFactory().get(path)
    return Template(source).render(Context({"request": request, "now": NOW, **values}))


class Thing:
    """Stands for a model with choices: a status and the words of it."""

    status = "pending_approval"

    def get_status_display(self) -> str:
        return "Needs approval"


def test_status_takes_tone_and_icon_from_the_table_and_words_from_the_model():
    html = draw("{% status thing %}", thing=Thing())
    assert "tone-warning" in html
    assert "#clock" in html
    assert "Needs approval" in html


def test_status_of_a_bare_word_is_written_out():
    assert "In progress" in draw('{% status "in_progress" %}')


def test_an_unknown_status_is_neutral():
    assert badge_for("never_heard_of") == Badge("Never heard of", "neutral", "circle")


def test_a_word_cannot_be_registered_with_an_unknown_tone():
    with pytest.raises(ValueError, match="none of"):
        register({"shiny": ("gold", "star")})


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{% money amount %}", "$1,412.50"),
        ("{% money amount sign=True %}", "+$1,412.50"),
        ('{% money amount currency="CAD" %}', "CA$1,412.50"),
        ("{% money minus tone=True %}", "−$86.20"),
        ('{% money None free="free" %}', "free"),
    ],
)
def test_money_always_shows_cents_and_currency(source, expected):
    html = draw(source, amount=Decimal("1412.5"), minus=Decimal("-86.2"))
    assert expected in html


def test_when_names_the_zone_and_says_how_far_away_it_is():
    html = draw('{% when at zone="America/Chicago" %}', at=NOW + timedelta(days=2))
    assert "Wed, Nov 25, 2026, 9:00 AM CST" in html
    assert "in 2 days" in html
    assert 'datetime="2026-11-25T15:00:00+00:00"' in html


def test_when_of_nothing_is_a_dash():
    assert "–" in draw("{% when None %}")


def test_a_day_is_named_by_its_distance():
    html = draw("{% day on relative=True %}", on=date(2026, 11, 24))
    assert "Tue, Nov 24, 2026" in html
    assert "tomorrow" in html


def test_initials_come_from_the_first_and_the_last_name():
    assert ">DW<" in draw('{% avatar "Dana de Whitfield" %}')


def test_initials_of_a_name_without_letters_are_a_question_mark():
    assert ">?<" in draw('{% avatar "!!!" %}')


@pytest.mark.parametrize(
    "source",
    [
        "{% badge nasty %}",
        "{% person nasty sub=nasty %}",
        '{% company nasty tone="bad" word=nasty %}',
        "{% empty_state nasty action=nasty href='#' example=nasty %}",
        "{% stat nasty nasty href='#' action=nasty note=nasty %}",
        "{% facts rows %}",
        "{% timeline entries %}",
        "{% checklist items %}",
        "{% gear items %}",
        "{% file_list files %}",
        "{% lifecycle steps %}",
        "{% chat_message message %}",
        "{% card nasty %}{% endcard %}",
        "{% page_head nasty eyebrow=nasty sub=nasty %}{% endpage_head %}",
        "{% notice title=nasty %}{{ nasty }}{% endnotice %}",
        "{% table nasty %}{% endtable %}",
        '{% dialog "x" title=nasty %}{{ nasty }}{% enddialog %}',
        "{% form_section nasty help=nasty %}{% endform_section %}",
        "{% scorecard card %}",
    ],
)
def test_components_escape_what_people_typed(source):
    html = draw(
        source,
        nasty=NASTY,
        rows=[(NASTY, NASTY)],
        entries=[{"at": NOW, "title": NASTY, "by": NASTY, "text": NASTY}],
        items=[{"label": NASTY, "url": "#", "note": NASTY, "reason": NASTY}],
        files=[{"name": NASTY, "url": "#", "note": NASTY}],
        steps=[{"label": NASTY, "state": "current", "note": NASTY}],
        message={"author": NASTY, "at": NOW, "body": NASTY},
        card=Scorecard(NASTY, (Figure(NASTY, NASTY, note=NASTY),), word=NASTY),
    )
    assert "<script" not in html
    assert ESCAPED in html


def test_a_money_box_always_adds_up():
    rows = [
        {"label": "Labor", "amount": Decimal("375.00")},
        ("Platform fee", Decimal("37.50"), "10% of worker pay"),
        {"label": "Worker receives", "amount": Decimal("375.00"), "kind": "info"},
    ]
    html = draw('{% money_box rows total_label="You pay" %}', rows=rows)
    assert html.index("You pay") < html.index("$412.50")


def test_a_gear_item_that_is_not_possible_says_why_and_is_no_link():
    items = [{"label": "Escalate", "url": "/go/", "enabled": False, "reason": "60 days are over."}]
    html = draw("{% gear items %}", items=items)
    assert "60 days are over." in html
    assert "/go/" not in html


def test_a_gear_without_items_is_not_drawn():
    assert draw("{% gear items %}", items=[]).strip() == ""


def test_a_posting_gear_item_carries_the_token():
    items = [{"label": "Void", "url": "/void/", "method": "post"}]
    html = draw("{% gear items %}", items=items, csrf_token="abc123")
    assert 'name="csrfmiddlewaretoken" value="abc123"' in html


def test_a_checklist_counts_what_is_done():
    items = [{"label": "Photos", "done": True}, {"label": "Sign-off", "done": False}]
    html = draw("{% checklist items %}", items=items)
    assert "1 of 2" in html
    assert '<progress value="1" max="2"' in html


def test_sorting_again_turns_the_order_and_drops_the_cursor():
    html = draw('{% sort_header "Due" key="due" %}', path="/list/?q=a&after=99&sort=due")
    assert 'aria-sort="ascending"' in html
    assert 'href="?q=a&amp;sort=-due"' in html


class Filters(forms.Form):
    q = forms.CharField(label="Words", required=False)
    status = forms.ChoiceField(choices=[("", "Any"), ("paid", "Paid")], required=False)
    kinds = forms.MultipleChoiceField(
        choices=[("flat", "Flat price"), ("hourly", "By the hour")], required=False
    )


def test_each_set_filter_has_a_chip_that_takes_only_itself_away():
    path = "/list/?q=router&kinds=flat&kinds=hourly&status=&after=7"
    request = RequestFactory().get(path)
    html = draw("{% filter_chips form %}", path=path, form=Filters(request.GET))
    assert "Words: router" in html
    assert "Kinds: Flat price" in html
    assert "Status" not in html
    assert 'href="?q=router&amp;status=&amp;kinds=hourly"' in html


def test_an_invalid_filter_has_no_chip():
    path = "/list/?status=nonsense"
    form = Filters(RequestFactory().get(path).GET)
    assert "chip" not in draw("{% filter_chips form %}", path=path, form=form)


class Sample(forms.Form):
    title = forms.CharField(help_text="What is to be done.")
    note = forms.CharField(required=False)
    side = forms.ChoiceField(widget=forms.RadioSelect, choices=[("a", "A"), ("b", "B")])
    fixed = forms.BooleanField(required=False, label="The price is fixed")


def test_a_field_is_tied_to_its_help_and_its_error():
    html = Sample({"title": ""})["title"].as_field_group()
    assert 'for="id_title"' in html
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'id="id_title_helptext"' in html
    assert 'id="id_title_error"' in html
    assert 'aria-invalid="true"' in html


def test_a_group_of_radios_is_a_fieldset_with_a_legend():
    html = Sample()["side"].as_field_group()
    assert "<fieldset" in html
    assert "<legend" in html


def test_only_what_may_be_left_out_says_so():
    assert "(optional)" in Sample()["note"].as_field_group()
    assert "(optional)" not in Sample()["title"].as_field_group()
    assert "(optional)" not in Sample()["fixed"].as_field_group()


def test_the_error_summary_links_to_each_control():
    form = Sample({"title": "", "side": ""})
    form.add_error(None, "Not enough cash.")
    html = draw("{% error_summary form %}", form=form)
    assert 'href="#id_title"' in html
    assert 'href="#id_side_0"' in html
    assert "Not enough cash." in html


def test_the_error_summary_speaks_for_formsets_too():
    rows = forms.formset_factory(Sample, extra=1)
    data = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-note": "x"}
    html = draw("{% error_summary rows %}", rows=rows(data))
    assert 'href="#id_form-0-title"' in html


def test_a_valid_form_has_no_summary():
    form = Sample({"title": "x", "side": "a"})
    assert draw("{% error_summary form %}", form=form).strip() == ""


def test_a_whole_form_is_summary_and_field_groups():
    html = str(Sample({"title": ""}))
    assert "error-summary" in html
    assert html.count('class="field') >= 4


def test_affixes_stand_around_the_control():
    html = draw('{% field form.title prefix="$" suffix="per hour" width="short" %}', form=Sample())
    assert html.index(">$<") < html.index("<input") < html.index("per hour")
    assert "field-short" in html


def test_a_misspelt_parameter_is_refused_when_the_page_is_read():
    with pytest.raises(TemplateSyntaxError):
        draw('{% stat "Due" 3 colour="red" %}')


def test_a_compact_scorecard_shows_figures_without_scales():
    card = Scorecard("Acme", (Figure("Payment", "on time", position=4, threshold=50),))
    assert "figure-scale" in draw("{% scorecard card %}", card=card)
    compact = draw("{% scorecard card compact=True %}", card=card)
    assert "figure-scale" not in compact
    assert "on time" in compact
