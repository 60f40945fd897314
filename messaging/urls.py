from django.urls import path

from messaging.views import asking, live, search, threads

app_name = "messaging"
urlpatterns = [
    path("inbox/", threads.inbox, name="inbox"),
    path("inbox/search/", search.search, name="search"),
    path("assignments/<slug:reference>/messages/", threads.post, name="post"),
    path("assignments/<slug:reference>/messages/news/", live.news, name="news"),
    path("assignments/<slug:reference>/messages/read/", threads.read, name="read"),
    path("assignments/<slug:reference>/messages/settled/", threads.settled, name="settled"),
    path("assignments/<slug:reference>/questions/", asking.questions, name="questions"),
    path("attachments/<slug:reference>/", threads.attachment, name="attachment"),
]
