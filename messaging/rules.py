"""Who may read and write messages; when a conversation is open is said by ``posting``."""

from __future__ import annotations

import rules

from accounts.actors import Actor
from accounts.models import Role
from accounts.rules import belongs_to_company, has_role, is_client, is_staff, is_worker
from messaging.queries import Conversation


@rules.predicate
def is_own_conversation(actor: Actor, conversation: object) -> bool:
    """The worker whose conversation it is."""
    return isinstance(conversation, Conversation) and actor.worker == conversation.worker


writes_for_company = has_role(Role.MANAGER, Role.DISPATCHER) & belongs_to_company

rules.add_rule("messaging.answer_question", writes_for_company)
rules.add_rule("messaging.broadcast", writes_for_company)
rules.add_rule("messaging.manage_quick_replies", has_role(Role.MANAGER, Role.DISPATCHER))
rules.add_rule("messaging.inbox", is_client | is_worker)
rules.add_rule("messaging.answer", has_role(Role.MANAGER, Role.DISPATCHER) | is_worker)
rules.add_rule("messaging.post", writes_for_company | (is_worker & is_own_conversation) | is_staff)
