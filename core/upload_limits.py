"""Uploads that are too large are refused while they arrive, not after they were stored."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

FRAME = 64 * 1024
"""Room for the other fields of the form, and for what stands between them."""
READ_TO_THE_END = 8
"""Up to so many times the limit the rest is read and thrown away, so that the browser gets its
answer; beyond it the connection is closed."""

View = Callable[..., HttpResponse]


class SizeLimit(FileUploadHandler):
    """Stops a form whose announced or received size is above the limit."""

    def __init__(self, request: HttpRequest, most: int) -> None:
        super().__init__(request)
        self.most, self.announced, self.received = most, 0, 0

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        self.announced = content_length

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.announced > self.most + FRAME:
            self._stop()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > self.most:
            self._stop()
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None

    def _stop(self) -> None:
        self.request.upload_too_large = True  # type: ignore[union-attr]
        raise StopUpload(connection_reset=self.announced > READ_TO_THE_END * self.most)


def limits_upload(most: Callable[[], int]) -> Callable[[View], View]:
    """Apply the limit before anything reads the body, the check against forgery included."""

    def decorate(view: View) -> View:
        protected = csrf_protect(view)

        @csrf_exempt
        @wraps(view)
        def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            request.upload_too_large = False  # type: ignore[attr-defined]
            if request.method == "POST":
                request.upload_handlers.insert(0, SizeLimit(request, most()))
            return protected(request, *args, **kwargs)

        return limited

    return decorate
