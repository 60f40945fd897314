"""A signed agreement on paper: the text as it was signed, and by whom, when and from where."""

from __future__ import annotations

from datetime import UTC

from django.conf import settings
from django.utils.dateformat import format as date_format
from reportlab.platypus import KeepTogether, Table

from core.paper import ACCENT, QUIET, load_fonts, plain_table, printed, text
from core.paper_prose import prose
from vetting.models import AgreementSignature


def signature_pdf(signature: AgreementSignature) -> bytes:
    """The PDF of a signature whose version, agreement, company and worker are at hand."""
    load_fonts()
    version = signature.version
    agreement = version.agreement
    left = [
        text(settings.SITE_NAME, 10, bold=True, color=ACCENT),
        text(agreement.title, 15, bold=True),
        text(f"{agreement.company}, version {version.number}", color=QUIET),
    ]
    right = [
        text(f"Agreement {agreement.reference}", right=True, color=QUIET),
        text(f"Published {date_format(version.published_at, 'F j, Y')}", right=True, color=QUIET),
    ]
    head = Table([[left, right]], colWidths=["64%", "36%"], style=plain_table())
    return printed(
        f"{agreement.title}, {signature.typed_name}",
        [head, prose(version.text), _signed(signature)],
    )


def _signed(signature: AgreementSignature) -> KeepTogether:
    moment = signature.signed_at.astimezone(UTC)
    facts = [
        ("Signed electronically by", signature.typed_name),
        ("Worker", f"{signature.worker} ({signature.worker.reference})"),
        ("On", date_format(moment, "F j, Y, H:i:s") + " UTC"),
        ("From the address", signature.ip_address or "not known"),
        ("Signature", signature.reference),
    ]
    rows = [[text(label, 8, color=QUIET), text(value, bold=not place)]
            for place, (label, value) in enumerate(facts)]  # fmt: skip
    return KeepTogether([Table(rows, colWidths=["30%", "70%"], style=plain_table())])
