import pytest

from messaging.contact_details import mentioned_in


@pytest.mark.parametrize(
    "text",
    [
        "Call me at (614) 555-0114",
        "+1 614.555.0114 after five",
        "6145550114",
        "wanda.wells@example.com",
        "wanda (at) example (dot) com",
        "see https://example.test/me",
        "my site is fastcabling.com",
        "text me on WhatsApp",
        "can you pay by Zelle?",
    ],
)
def test_ways_to_get_in_touch_elsewhere_are_spotted(text):
    assert mentioned_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "I can be there at 9:30 on 11/24/2026.",
        "Price is $1,250.00 for 24 ports, order 4411-220",
        "Serial C02XK1ABJG5J, firmware 16.12.4",
        "Bring a ladder. Ask for Priya at the counter.",
        "",
    ],
)
def test_ordinary_talk_is_not(text):
    assert not mentioned_in(text)
