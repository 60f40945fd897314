import io
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from core.files import CleanUpload, UploadRefused, check_upload, clean_name, serve, store

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def picture(form: str, size=(8, 6), **options) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, form, **options)
    return out.getvalue()


def office(*parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for part in parts:
            archive.writestr(part, "<x/>")
    return out.getvalue()


WORD = office("[Content_Types].xml", "word/document.xml")


@pytest.mark.parametrize(
    "name, content, content_type",
    [
        ("a.pdf", PDF, "application/pdf"),
        ("notes.txt", "Größe: 3 m".encode(), "text/plain"),
        ("old.txt", "Größe".encode("cp1252"), "text/plain"),
        ("wide.txt", "Größe".encode("utf-16"), "text/plain"),
        ("list.CSV", b"a,b\n1,2\n", "text/csv"),
        ("a.docx", WORD, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (
            "a.xlsx",
            office("[Content_Types].xml", "xl/workbook.xml"),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
    ],
)
def test_documents_pass_unchanged(name, content, content_type):
    assert check_upload(upload(name, content)) == CleanUpload(
        content, name, content_type, len(content)
    )


@pytest.mark.parametrize(
    "name, form", [("a.jpg", "JPEG"), ("a.jpeg", "JPEG"), ("a.png", "PNG"), ("a.gif", "GIF"),
                   ("a.webp", "WEBP")]
)  # fmt: skip
def test_pictures_are_written_anew(name, form):
    clean = check_upload(upload(name, picture(form) + b"<script>alert(1)</script>"))
    assert b"<script>" not in clean.content
    with Image.open(io.BytesIO(clean.content)) as again:
        assert (again.format, again.size) == (form, (8, 6))


def test_a_picture_loses_its_place_and_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "a maker of cameras"
    clean = check_upload(upload("photo.jpg", picture("JPEG", exif=exif)))
    with Image.open(io.BytesIO(clean.content)) as again:
        assert again.size == (6, 8)
        assert not dict(again.getexif())


def test_see_through_pictures_stay_see_through():
    out = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(out, "PNG")
    clean = check_upload(upload("logo.png", out.getvalue()))
    with Image.open(io.BytesIO(clean.content)) as again:
        assert again.mode == "RGBA"


@pytest.mark.parametrize(
    "name, content",
    [
        ("run.exe", b"MZ\x90\x00"),
        ("page.html", b"<html>"),
        ("drawing.svg", b"<svg/>"),
        ("all.zip", WORD),
        ("noending", PDF),
        ("", PDF + b" "),
        ("photo.heic", b"\x00\x00\x00\x18ftypheic"),
    ],
)
def test_other_kinds_of_file_are_refused_by_name(name, content):
    file = upload("x", content)
    file._name = name
    with pytest.raises(UploadRefused):
        check_upload(file)


@pytest.mark.parametrize(
    "name, content",
    [
        ("a.pdf", b"MZ\x90\x00\x03" + b"\x00" * 200),
        ("a.pdf", b"<html><script>1</script></html>"),
        ("a.pdf", WORD),
        ("a.png", b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("a.png", picture("JPEG")),
        ("a.jpg", picture("JPEG")[:60]),
        ("a.txt", b"\x7fELF\x02\x01\x01" + b"\x00" * 60),
        ("a.txt", b"\n <!DOCTYPE html><p>hello"),
        ("a.txt", b"#!/bin/sh\nrm -rf /"),
        ("a.csv", b"<svg onload=alert(1)>"),
        ("a.csv", b"a,b\n1,\x002"),
        ("a.docx", b"PK\x03\x04 broken"),
        ("a.docx", office("[Content_Types].xml", "xl/workbook.xml")),
        ("a.xlsx", office("run.exe")),
    ],
)
def test_files_in_disguise_are_refused(name, content):
    with pytest.raises(UploadRefused, match="is not what its name says"):
        check_upload(upload(name, content))


def test_macros_are_refused():
    content = office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")
    with pytest.raises(UploadRefused, match="carries macros"):
        check_upload(upload("a.docx", content))


def test_empty_and_oversized_files_are_refused(settings):
    with pytest.raises(UploadRefused, match="is empty"):
        check_upload(upload("a.pdf", b""))
    settings.MAX_UPLOAD_BYTES = 1024 * 1024
    with pytest.raises(UploadRefused, match="The most for one file is 1 MB"):
        check_upload(upload("a.pdf", PDF + b" " * 1024 * 1024))


def test_pictures_with_too_many_pixels_are_refused_before_they_are_decoded(settings):
    settings.MAX_IMAGE_PIXELS = 40
    with pytest.raises(UploadRefused, match="too many pixels"):
        check_upload(upload("a.png", picture("PNG")))


@pytest.mark.parametrize(
    "given, kept",
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\scans\\site plan.pdf", "site plan.pdf"),
        ("a\x00b\r\n.pdf", "ab.pdf"),
        ("harmless\u202efdp.exe.pdf", "harmlessfdp.exe.pdf"),
        ('a"b;<c>.pdf', "a b; c.pdf"),
        ("...", "file"),
        ("x" * 300 + ".jpeg", "x" * 115 + ".jpeg"),
    ],
)
def test_names_are_cleaned(given, kept):
    assert clean_name(given) == kept


def test_a_stored_file_has_a_name_nobody_can_guess(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    clean = check_upload(upload("contract.pdf", PDF))
    first, second = store(clean, "attachments"), store(clean, "attachments")
    assert first != second
    assert first.startswith("attachments/")
    assert "contract" not in first
    assert default_storage.open(first).read() == PDF


def test_a_download_cannot_run_as_a_page():
    response = serve(ContentFile(PDF, "x"), "Größe.pdf", "application/pdf")
    assert response["Content-Disposition"].startswith("attachment; ")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Content-Type"] == "application/pdf"
    assert b"".join(response) == PDF
