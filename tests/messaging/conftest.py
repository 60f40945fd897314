import uuid

import pytest

from messaging import posting


@pytest.fixture
def say(at):
    """Posts a message; the worker of the conversation is the assigned one unless given."""

    def said(assignment, by, body="Hello", **more):
        worker = more.pop("worker", None) or by.worker or assignment.worker
        more.setdefault("key", str(uuid.uuid4()))
        more.setdefault("at", at)
        return posting.post(assignment=assignment, worker=worker, body=body, by=by, **more)

    return said
