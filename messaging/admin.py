"""Messages for staff: read only, with what was flagged as contact details."""

from django.contrib import admin
from django.http import HttpRequest

from core.read_only import ReadOnlyAdmin
from messaging.models import Attachment, Message


class AttachmentInline(admin.TabularInline):
    model = Attachment
    fields = ["name", "content_type", "size"]
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        return False


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    """Nothing can be changed: messages are evidence."""

    list_display = [
        "posted_at", "author", "side", "visibility", "has_contact_details", "beginning", "company",
    ]  # fmt: skip
    list_filter = ["has_contact_details", "side", "visibility", "posted_at"]
    list_select_related = ["author", "company"]
    search_fields = ["thread__assignment__reference", "author__email"]
    ordering = ["-pk"]
    show_full_result_count = False
    inlines = [AttachmentInline]

    @admin.display(description="message")
    def beginning(self, message: Message) -> str:
        return message.body[:80]
