from django.urls import path

from messaging.views import (
    asking,
    broadcasts,
    files,
    live,
    naming,
    quick_replies,
    search,
    threads,
    transcripts,
)

app_name = "messaging"
urlpatterns = [
    path("inbox/", threads.inbox, name="inbox"),
    path("inbox/search/", search.search, name="search"),
    path("assignments/<slug:reference>/messages/", threads.post, name="post"),
    path(
        "assignments/<slug:reference>/messages/transcript/",
        transcripts.transcript,
        name="transcript",
    ),
    path(
        "assignments/<slug:reference>/messages/transcript/pdf/",
        transcripts.sheet,
        name="transcript_sheet",
    ),
    path("assignments/<slug:reference>/messages/news/", live.news, name="news"),
    path("assignments/<slug:reference>/messages/names/", naming.names, name="names"),
    path("assignments/<slug:reference>/messages/read/", threads.read, name="read"),
    path("assignments/<slug:reference>/messages/settled/", threads.settled, name="settled"),
    path("assignments/<slug:reference>/broadcasts/", broadcasts.broadcasts, name="broadcasts"),
    path("assignments/<slug:reference>/questions/", asking.questions, name="questions"),
    path("settings/quick-replies/", quick_replies.listing, name="quick_replies"),
    path("settings/quick-replies/new/", quick_replies.new, name="new_quick_reply"),
    path("settings/quick-replies/<slug:reference>/", quick_replies.entry, name="quick_reply"),
    path("attachments/<slug:reference>/", files.attachment, name="attachment"),
    path("attachments/<slug:reference>/preview/", files.preview, name="preview"),
    path("attachments/<slug:reference>/thumbnail/", files.thumbnail, name="thumbnail"),
]
