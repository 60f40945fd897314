from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("notifications/", views.notices, name="list"),
    path("notifications/read/", views.read_all, name="read_all"),
    path("notifications/<int:pk>/", views.open_notice, name="open"),
    path("settings/reminders/", views.company_reminders, name="company_reminders"),
    path("demo/mailbox/", views.mailbox, name="mailbox"),
    path("demo/mailbox/<int:pk>/", views.mail, name="mail"),
    path("demo/mailbox/<int:pk>/html/", views.mail_html, name="mail_html"),
]
