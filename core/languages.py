"""Languages by their English names, written one way, so that they can be compared."""

from __future__ import annotations

from collections.abc import Iterable

LANGUAGES = (
    "American Sign Language", "Amharic", "Arabic", "Armenian", "Bengali", "Bosnian", "Burmese",
    "Cantonese", "Croatian", "Czech", "Dutch", "English", "Farsi", "Finnish", "French", "German",
    "Greek", "Gujarati", "Haitian Creole", "Hebrew", "Hindi", "Hmong", "Hungarian", "Ilocano",
    "Indonesian", "Italian", "Japanese", "Khmer", "Korean", "Lao", "Malayalam", "Mandarin",
    "Marathi", "Navajo", "Nepali", "Pashto", "Polish", "Portuguese", "Punjabi", "Romanian",
    "Russian", "Samoan", "Serbian", "Somali", "Spanish", "Swahili", "Swedish", "Tagalog", "Tamil",
    "Telugu", "Thai", "Tigrinya", "Turkish", "Ukrainian", "Urdu", "Vietnamese", "Yiddish",
    "Yoruba",
)  # fmt: skip

_BY_KEY = {name.casefold(): name for name in LANGUAGES}


def written(names: Iterable[str]) -> list[str]:
    """The same names, those of the list spelled as it spells them."""
    return [_BY_KEY.get(name.casefold(), name) for name in names]
