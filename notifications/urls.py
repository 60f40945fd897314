from django.urls import path

from notifications.views import centre, mailbox, preferences, reports, unsubscribing

app_name = "notifications"
urlpatterns = [
    path("notifications/", centre.notices, name="list"),
    path("notifications/read/", centre.read_all, name="read_all"),
    path("notifications/<int:pk>/", centre.open_notice, name="open"),
    path("settings/reminders/", centre.company_reminders, name="company_reminders"),
    path("settings/notifications/", preferences.preferences, name="preferences"),
    path("settings/notifications/phone/", preferences.phone, name="phone"),
    path("settings/notifications/phone/remove/", preferences.forget_phone, name="forget_phone"),
    path("settings/notifications/address/", preferences.address, name="address"),
    path("settings/notifications/code/<slug:channel>/", preferences.code, name="code"),
    path("settings/notifications/browsers/", preferences.add_browser, name="add_browser"),
    path(
        "settings/notifications/browsers/<int:pk>/remove/",
        preferences.remove_browser,
        name="remove_browser",
    ),
    path("push-worker.js", preferences.push_worker, name="push_worker"),
    path("unsubscribe/<str:token>/", unsubscribing.unsubscribe, name="unsubscribe"),
    path("webhooks/mail/<slug:provider>/", reports.report, name="mail_report"),
    path("demo/mailbox/", mailbox.mailbox, name="mailbox"),
    path("demo/mailbox/messages/", mailbox.texts, name="mailbox_messages"),
    path("demo/mailbox/<int:pk>/", mailbox.mail, name="mail"),
    path("demo/mailbox/<int:pk>/html/", mailbox.mail_html, name="mail_html"),
    path("demo/mailbox/<int:pk>/return/", mailbox.come_back, name="mail_returned"),
]
