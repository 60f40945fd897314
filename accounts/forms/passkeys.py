"""Adding a passkey, in the product's words; the ceremony itself is allauth's."""

from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms

LONGEST = 60


class AddPasskeyForm(AddWebAuthnForm):
    name = forms.CharField(
        label="Name",
        max_length=LONGEST,
        required=False,
        help_text="So that you know later which device it is, for example: my phone.",
    )
    passwordless = forms.BooleanField(
        label="Let it open my login without a password",
        required=False,
        initial=True,
        help_text="The device then asks for your fingerprint, face or PIN.",
    )


class RenamePasskeyForm(EditWebAuthnForm):
    name = forms.CharField(
        label="Name", max_length=LONGEST, help_text="So that you know which device it is."
    )
