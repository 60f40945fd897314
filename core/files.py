"""Files that people hand in: checked, cleaned, stored under a made-up name, served inertly.

Allowed are documents that can be shown or read as they are: PDF, pictures (JPEG, PNG, GIF,
WebP), plain text, CSV, Word and Excel without macros. Archives are not: what is inside cannot
be checked or shown. HEIC is not, since browsers do not show it; phones convert to JPEG when a
form asks for JPEG, which ours do.
"""

import contextlib
import io
import re
import secrets
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath

import puremagic
from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404
from django.utils.http import content_disposition_header
from PIL import Image, ImageOps

from core.errors import DomainError

PICTURES = {
    ".jpg": ("JPEG", "image/jpeg"),
    ".jpeg": ("JPEG", "image/jpeg"),
    ".png": ("PNG", "image/png"),
    ".gif": ("GIF", "image/gif"),
    ".webp": ("WEBP", "image/webp"),
}
OFFICE = {
    ".docx": (
        "word/document.xml",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    ".xlsx": (
        "xl/workbook.xml",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
}
TEXTS = {".txt": "text/plain", ".csv": "text/csv"}
ALLOWED = (".pdf", *PICTURES, *TEXTS, *OFFICE)
ALLOWED_WORDS = "PDF, JPG, PNG, GIF, WebP, TXT, CSV, DOCX or XLSX"
SHRUNK_MOST_PIXELS = 16_000_000
LEAST_SIDE = 16
"""For pictures that are kept small: the most pixels to draw anew, and the fewest of a side."""
LONGEST_NAME = 120
MARKUP = re.compile(rb"^\s*(<!doctype|<html|<head|<body|<script|<svg|<\?xml|#!)", re.IGNORECASE)
SANDBOX = "sandbox; default-src 'none'"


class UploadRefused(DomainError):
    message = "This file cannot be used."


@dataclass(frozen=True, slots=True)
class CleanUpload:
    """A file that passed every check; ``content`` of a picture is the re-encoded one."""

    content: bytes
    name: str
    content_type: str
    size: int


def check_upload(upload: UploadedFile) -> CleanUpload:
    """Check size, extension and real content; raises ``UploadRefused`` with what to do.

    Pictures are decoded and written anew, upright and without EXIF, so that neither a place
    nor a payload travels with them; of an animation the first picture is kept.
    """
    name = clean_name(upload.name or "")
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in (".heic", ".heif"):
        raise UploadRefused(f"“{name}” is a HEIC photo. Save it as JPG and add it again.")
    if suffix not in ALLOWED:
        raise UploadRefused(f"“{name}” is not a kind of file we take. Use {ALLOWED_WORDS}.")
    if not upload.size:
        raise UploadRefused(f"“{name}” is empty. Choose the file again.")
    if upload.size > settings.MAX_UPLOAD_BYTES:
        most = settings.MAX_UPLOAD_BYTES // (1024 * 1024)
        raise UploadRefused(f"“{name}” is too large. The most for one file is {most} MB.")
    upload.seek(0)
    content, content_type = _checked(upload.read(), suffix, name)
    return CleanUpload(content, name, content_type, len(content))


def check_picture(upload: UploadedFile, *, most_bytes: int, within: tuple[int, int]) -> CleanUpload:
    """A picture by what it is, whatever its name: drawn anew as PNG, shrunk to fit ``within``.

    Raises ``UploadRefused`` with what to do.
    """
    name = clean_name(upload.name or "")
    if not upload.size:
        raise UploadRefused(f"“{name}” is empty. Choose the file again.")
    if upload.size > most_bytes:
        most = most_bytes // (1024 * 1024)
        raise UploadRefused(f"“{name}” is too large. The most for this picture is {most} MB.")
    upload.seek(0)
    content = upload.read()
    if b"<svg" in content[:2000].lower():
        raise UploadRefused(f"“{name}” is an SVG drawing. Save it as PNG and choose that file.")
    kinds = sorted({form for form, _ in PICTURES.values()})
    unreadable = f"“{name}” is no picture we can read. Use PNG, JPG, GIF or WebP."
    picture = _drawn(content, kinds, "PNG", name, unreadable, most=SHRUNK_MOST_PIXELS)
    if min(picture.size) < LEAST_SIDE:
        raise UploadRefused(
            f"“{name}” is only {picture.width} × {picture.height} pixels. Choose a larger picture."
        )
    picture.thumbnail(within)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    content = out.getvalue()
    return CleanUpload(content, f"{PurePosixPath(name).stem}.png", "image/png", len(content))


def _checked(content: bytes, suffix: str, name: str) -> tuple[bytes, str]:
    if suffix in PICTURES:
        form, content_type = PICTURES[suffix]
        return _redrawn(content, form, name), content_type
    if suffix in OFFICE:
        part, content_type = OFFICE[suffix]
        _check_office(content, part, name)
        return content, content_type
    if suffix in TEXTS:
        _check_text(content, name)
        return content, TEXTS[suffix]
    if ".pdf" not in _kinds(content) or not content.startswith(b"%PDF-"):
        raise _disguised(name)
    return content, "application/pdf"


def _disguised(name: str) -> UploadRefused:
    return UploadRefused(
        f"“{name}” is not what its name says, or is damaged. Save it again as {ALLOWED_WORDS}."
    )


def _kinds(content: bytes) -> set[str]:
    """The extensions whose magic bytes the content carries."""
    try:
        return {str(match.extension) for match in puremagic.magic_string(content)}
    except (puremagic.PureError, ValueError, IndexError):
        return set()


def _redrawn(content: bytes, form: str, name: str) -> bytes:
    plain = _drawn(
        content, [form], form, name, str(_disguised(name)), most=settings.MAX_IMAGE_PIXELS
    )
    out = io.BytesIO()
    plain.save(out, form, **({"quality": 90} if form in ("JPEG", "WEBP") else {}))
    return out.getvalue()


def _drawn(
    content: bytes, kinds: list[str], form: str, name: str, refusal: str, *, most: int
) -> Image.Image:
    """The picture upright and with nothing but its pixels, as ``form`` can hold them."""
    try:
        with Image.open(io.BytesIO(content), formats=kinds) as picture:
            if picture.width * picture.height > most:
                raise Image.DecompressionBombError
            upright = ImageOps.exif_transpose(picture)
            plain = upright.convert(_mode(upright, form))
    except Image.DecompressionBombError:
        raise UploadRefused(
            f"“{name}” has too many pixels. Make it smaller than {most // 1_000_000} megapixels."
        )
    except (OSError, ValueError, SyntaxError):
        raise UploadRefused(refusal)
    plain.info = {}
    return plain


def _mode(picture: Image.Image, form: str) -> str:
    if picture.mode == "L" and form != "WEBP":
        return "L"
    see_through = picture.has_transparency_data and form != "JPEG"
    return "RGBA" if see_through else "RGB"


def _check_office(content: bytes, part: str, name: str) -> None:
    """Word and Excel files are zip archives with a known part, and none with macros."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise _disguised(name)
    if "[Content_Types].xml" not in parts or part not in parts:
        raise _disguised(name)
    if any(found.lower().endswith("vbaproject.bin") for found in parts):
        raise UploadRefused(f"“{name}” carries macros. Save it without macros and add it again.")


def _check_text(content: bytes, name: str) -> None:
    """Readable text that is no markup and no script posing as text."""
    utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = None
    with contextlib.suppress(UnicodeDecodeError):
        text = content.decode("utf-16" if utf16 else "utf-8-sig")
    if text is None:
        with contextlib.suppress(UnicodeDecodeError):
            text = content.decode("cp1252")
    if text is None or any(c < " " and c not in "\t\n\r\f\v" for c in text):
        raise _disguised(name)
    if MARKUP.match(text[:200].encode()):
        raise _disguised(name)


def clean_name(name: str) -> str:
    """The name a person gave, without path, control and direction characters, kept short."""
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(c for c in plain if unicodedata.category(c)[0] != "C")
    plain = re.sub(r'[<>:"|?*\s]+', " ", plain).strip(" .")
    path = PurePosixPath(plain or "file")
    suffix = path.suffix[:12]
    return path.stem[: LONGEST_NAME - len(suffix)].rstrip() + suffix


def place_of(clean: CleanUpload, folder: str) -> str:
    """A storage name for the file that nobody can guess."""
    token = secrets.token_hex(16)
    suffix = PurePosixPath(clean.name).suffix.lower()
    return f"{folder}/{token[:2]}/{token[2:]}{suffix}"


def store_at(clean: CleanUpload, place: str) -> str:
    """Write a checked file to its place; returns the storage name."""
    return default_storage.save(place, ContentFile(clean.content))


def store(clean: CleanUpload, folder: str) -> str:
    """Write a checked file under a name nobody can guess; returns the storage name."""
    return store_at(clean, place_of(clean, folder))


def thumbnail_of(clean: CleanUpload, within: tuple[int, int]) -> CleanUpload | None:
    """A small copy of a checked picture, drawn anew as WebP; None of any other file."""
    if clean.content_type not in {kind for _, kind in PICTURES.values()}:
        return None
    with Image.open(io.BytesIO(clean.content)) as picture:
        small = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    small.thumbnail(within)
    out = io.BytesIO()
    small.save(out, "WEBP", quality=80)
    content = out.getvalue()
    return CleanUpload(
        content, f"{PurePosixPath(clean.name).stem}.webp", "image/webp", len(content)
    )


SHOWN = {"application/pdf", *(kind for _, kind in PICTURES.values())}
"""Kinds that a browser shows by itself without running anything of the page."""
PDF_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'"
"""A browser's own PDF viewer does not start inside a sandbox."""


def show(file: "File[bytes]", name: str, content_type: str) -> FileResponse:
    """A picture or a PDF in the browser's own viewer, as inert as a download; any other kind is
    a download. Raises ``Http404`` as ``serve`` does."""
    response = serve(file, name, content_type)
    if content_type in SHOWN:
        response["Content-Disposition"] = content_disposition_header(False, name) or "inline"
        if content_type == "application/pdf":
            response["Content-Security-Policy"] = PDF_POLICY
    return response


def serve(file: "File[bytes]", name: str, content_type: str) -> FileResponse:
    """A download that no browser opens as a page of ours; ``Http404`` where it is gone."""
    try:
        stored = file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(stored, as_attachment=True, filename=name, content_type=content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
