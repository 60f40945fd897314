"""The demo's mailbox in a browser: a framed mail leads out of its frame, and runs nothing."""

from __future__ import annotations

import pytest
from django.core.mail import EmailMultiAlternatives

from notifications.models import DemoMail

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_link_in_a_framed_mail_opens_in_the_whole_tab(page, live_server, settings):
    settings.DEMO = True
    settings.EMAIL_BACKEND = "notifications.mailbox.MailboxBackend"
    mail = EmailMultiAlternatives("Come and see", "Come and see", to=["a@example.com"])
    mail.attach_alternative(
        "<html><head><style>a{color:red}</style></head><body>"
        f"<script>top.document.title='stolen'</script>"
        f"<a href='{live_server.url}/policies/'>Policies</a></body></html>",
        "text/html",
    )
    mail.send()
    kept = DemoMail.objects.get()
    page.goto(f"{live_server.url}/demo/mailbox/{kept.pk}/")
    frame = page.frame_locator("iframe")
    assert (
        frame.get_by_role("link", name="Policies").evaluate("link => getComputedStyle(link).color")
        == "rgb(255, 0, 0)"
    )
    assert "stolen" not in page.title()
    frame.get_by_role("link", name="Policies").click()
    page.wait_for_url(f"{live_server.url}/policies/")
