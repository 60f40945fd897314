"""Who may prefer and shut out whom, looks after groups, proves and reviews, and tests whom."""

import rules

from accounts.actors import Actor
from accounts.models import Role
from accounts.rules import belongs_to_company, has_role, is_client, is_worker, is_worker_of

looks_after = has_role(Role.MANAGER, Role.DISPATCHER)
manages = has_role(Role.MANAGER)


@rules.predicate
def reviews_credentials(actor: Actor, subject: object) -> bool:
    """Staff who were given the permission; the desk's agents have it not by themselves."""
    return actor.is_staff and bool(actor.user and actor.user.has_perm("vetting.review_credential"))


rules.add_rule("vetting.mark_worker", looks_after)
rules.add_rule("vetting.mark_company", is_worker)
rules.add_rule("vetting.see_marks", is_client | is_worker)
rules.add_rule("vetting.see_groups", is_client | is_worker)
rules.add_rule("vetting.see_group", belongs_to_company | is_worker)
rules.add_rule("vetting.create_group", looks_after)
rules.add_rule("vetting.manage_group", looks_after & belongs_to_company)
rules.add_rule("vetting.export_group", belongs_to_company)
rules.add_rule("vetting.join_group", is_worker)
rules.add_rule("vetting.see_requirements", is_client)
rules.add_rule("vetting.see_requirement_set", belongs_to_company)
rules.add_rule("vetting.create_requirements", looks_after)
rules.add_rule("vetting.manage_requirements", looks_after & belongs_to_company)
rules.add_rule("vetting.see_credentials", is_client | is_worker)
rules.add_rule("vetting.keep_credentials", is_worker)
rules.add_rule("vetting.see_credential", belongs_to_company | is_worker_of)
rules.add_rule("vetting.keep_credential", is_worker_of)
rules.add_rule("vetting.decide_credential", looks_after & belongs_to_company)
rules.add_rule("vetting.review_credentials", reviews_credentials)
rules.add_rule("vetting.open_documents", is_client | is_worker | reviews_credentials)
rules.add_rule("vetting.see_agreements", is_client | is_worker)
rules.add_rule("vetting.see_agreement", belongs_to_company | is_worker)
rules.add_rule("vetting.see_signatures", belongs_to_company)
rules.add_rule("vetting.create_agreement", manages)
rules.add_rule("vetting.manage_agreement", manages & belongs_to_company)
rules.add_rule("vetting.sign_agreement", is_worker)

rules.add_rule("vetting.see_tests", is_client | is_worker)
rules.add_rule("vetting.see_test", belongs_to_company | is_worker)
rules.add_rule("vetting.create_test", looks_after)
rules.add_rule("vetting.manage_test", looks_after & belongs_to_company)
rules.add_rule("vetting.see_results", belongs_to_company)
rules.add_rule("vetting.mark_attempt", looks_after & belongs_to_company)
rules.add_rule("vetting.see_marking", is_client)
rules.add_rule("vetting.take_test", is_worker)
