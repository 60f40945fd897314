from django.urls import path

from messaging import views

app_name = "messaging"
urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("assignments/<slug:reference>/messages/", views.post, name="post"),
    path("assignments/<slug:reference>/messages/read/", views.read, name="read"),
    path("assignments/<slug:reference>/messages/settled/", views.settled, name="settled"),
    path("attachments/<slug:reference>/", views.attachment, name="attachment"),
]
