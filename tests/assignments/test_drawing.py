"""The lifecycle in the docs is the one in the code."""

from django.conf import settings

from assignments.drawing import diagram, page


def test_the_docs_show_the_lifecycle_as_it_is():
    assert (settings.BASE_DIR / "docs" / "lifecycle.md").read_text() == page()


def test_the_readme_shows_the_same_diagram():
    assert diagram() in (settings.BASE_DIR / "README.md").read_text()
