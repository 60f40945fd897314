"""A company's logo: handed in, checked, shown, replaced and removed."""

import io
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts import companies
from accounts.models import Company, CompanyLogo
from activity.models import Event
from core.files import CleanUpload, check_picture
from core.paper import LOGO_BOX, heading
from tests.factories.accounts import logo, png

PAGE, SETTINGS = "/settings/company/logo/", "/settings/company/"
pytestmark = pytest.mark.django_db


def given(content: bytes, name: str = "logo.png") -> dict:
    return {"logo": SimpleUploadedFile(name, content)}


def bomb(side: int = 60_000) -> bytes:
    """A PNG of a few hundred bytes that says it has billions of pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body)


def test_a_logo_is_saved_shown_replaced_and_removed(client_of, alice, wanda, acme):
    browser = client_of(alice)
    assert "Add a logo" in browser.get(SETTINGS).content.decode()
    assert browser.post(PAGE, given(png())).url == SETTINGS
    first = Company.objects.get(pk=acme.pk).logo_url
    assert first in browser.get(SETTINGS).content.decode()
    profile = client_of(wanda).get(acme.get_absolute_url()).content.decode()
    assert first in profile and 'alt="Logo of Acme"' in profile
    shown = client_of(wanda).get(first)
    assert shown["Content-Type"] == "image/png" and shown.content.startswith(b"\x89PNG")
    assert "sandbox" in shown["Content-Security-Policy"] and "immutable" in shown["Cache-Control"]
    assert shown["X-Content-Type-Options"] == "nosniff"

    assert browser.post(PAGE, given(png(shade="red"))).url == SETTINGS
    second = Company.objects.get(pk=acme.pk).logo_url
    assert second != first
    assert client_of(wanda).get(first).status_code == 404
    assert client_of(wanda).get(second).content != shown.content
    assert CompanyLogo.objects.count() == 1

    assert browser.post(PAGE, {"remove": "1"}).url == SETTINGS
    assert client_of(wanda).get(second).status_code == 404
    assert not CompanyLogo.objects.exists()
    assert second not in client_of(wanda).get(acme.get_absolute_url()).content.decode()
    assert browser.post(PAGE, {"remove": "1"}).url == SETTINGS
    changes = Event.objects.filter(kind="company.changed")
    assert [event.data["fields"] for event in changes] == [["logo"]] * 3


@pytest.mark.parametrize(
    "name, content, said",
    [
        ("logo.png", b"", "is empty"),
        ("logo.png", b"MZ\x90\x00\x03" + b"\0" * 500, "no picture we can read"),
        ("logo.jpg", b"<html><script>alert(1)</script></html>", "no picture we can read"),
        ("logo.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "is an SVG"),
        ("logo.png", b'<?xml version="1.0"?>\n<svg onload="alert(1)"></svg>', "is an SVG"),
        ("logo.png", bomb(), "too many pixels"),
        ("logo.png", bomb(5000), "too many pixels"),
        ("logo.png", png()[:60], "no picture we can read"),
        ("logo.png", png(8, 200), "is only 8 × 200 pixels"),
        ("logo.png", b"\x89PNG\r\n\x1a\n" + b"x" * (2 * 1024 * 1024), "too large"),
        ("\u202egnp.\x00exe", b"GIF89a", "no picture we can read"),
    ],
    ids=["empty", "program", "page", "svg", "svg as png", "bomb", "large", "cut", "thin", "heavy",
         "turned name"],
)  # fmt: skip
def test_what_is_no_good_logo_is_refused_beside_the_field(
    name, content, said, client_of, alice, acme
):
    logo(alice, at=acme.created_at)
    before = Company.objects.get(pk=acme.pk).logo_code
    page = client_of(alice).post(PAGE, given(content, name))
    assert page.status_code == 200
    assert said in str(page.context["form"].errors["logo"])
    assert Company.objects.get(pk=acme.pk).logo_code == before


def test_no_file_and_one_beyond_all_are_refused_in_words(client_of, alice):
    browser = client_of(alice)
    assert "Choose a picture." in browser.post(PAGE, {}).content.decode()
    huge = browser.post(PAGE, given(b"x" * (3 * 1024 * 1024)))
    assert "The most for a logo is 2 MB" in huge.content.decode()
    assert "Choose a picture." in browser.post(PAGE, {"logo": "words"}).content.decode()


def test_a_picture_counts_as_what_it_is_whatever_its_name():
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "a maker of cameras"
    Image.new("RGB", (1600, 400), "navy").save(out, "JPEG", exif=exif)
    upload = SimpleUploadedFile("../../etc/acme.exe", out.getvalue() + b"<script>alert(1)</script>")
    clean = check_picture(upload, most_bytes=10**6, within=(720, 360))
    assert (clean.name, clean.content_type) == ("acme.png", "image/png")
    assert b"script" not in clean.content and b"cameras" not in clean.content
    with Image.open(io.BytesIO(clean.content)) as again:
        assert (again.format, again.size) == ("PNG", (720, 180))


def test_see_through_and_still_pictures_of_every_kind_pass():
    for form, name in [("GIF", "a.gif"), ("WEBP", "a.webp"), ("PNG", "a.png")]:
        out = io.BytesIO()
        frames = [Image.new("RGBA", (40, 40), (255, 0, 0, shade)) for shade in (0, 255)]
        extra = {} if form == "PNG" else {"save_all": True, "append_images": frames[1:]}
        frames[0].save(out, form, **extra)
        clean = check_picture(
            SimpleUploadedFile(name, out.getvalue()), most_bytes=10**6, within=(720, 360)
        )
        with Image.open(io.BytesIO(clean.content)) as again:
            assert (again.format, again.mode, again.n_frames) == ("PNG", "RGBA", 1)
            assert again.getpixel((5, 5))[3] == 0


def test_a_refused_save_keeps_the_old_logo_whole(alice, acme, at, monkeypatch):
    """Row and picture change together or not at all."""
    old = logo(alice, at=at)

    def broken(*args, **kwargs):
        raise RuntimeError("the event cannot be written")

    monkeypatch.setattr(companies, "record", broken)
    new = png(shade="red")
    with pytest.raises(RuntimeError):
        companies.set_logo(acme, CleanUpload(new, "x.png", "image/png", len(new)), by=alice, at=at)
    acme.refresh_from_db()
    assert acme.logo_code == old.logo_code
    assert companies.logo_of(acme) == png()


@pytest.mark.parametrize("size", [(720, 24), (20, 360), (40, 20), (720, 360)])
def test_a_logo_of_any_shape_fits_its_box_on_paper(size):
    table = heading("Invoice INV-000001", "Due today", [], logo=png(*size))
    picture = table._cellvalues[0][0][0]
    wide, high = picture.drawWidth, picture.drawHeight
    assert wide <= LOGO_BOX[0] + 0.01 and high <= LOGO_BOX[1] + 0.01
    assert wide / high == pytest.approx(size[0] / size[1])
