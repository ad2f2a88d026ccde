"""The proposal's verbs: propose, invite, answer, declare, choose a model, begin writing."""

from charter.proposals.services.choosing import bill_points, choose_model, recommend, situation_of
from charter.proposals.services.declaring import (
    STEPS,
    DeclarationData,
    answer,
    declaration_of,
    declarations_of,
    declare,
    finish,
    next_step,
)
from charter.proposals.services.invitations import accept, cancel, decline, invitation_of, invite
from charter.proposals.services.proposing import begin, draft_of, keep_draft, set_need, set_purpose, set_territories, set_yourself, start

__all__ = [
    "STEPS",
    "DeclarationData",
    "accept",
    "answer",
    "begin",
    "bill_points",
    "cancel",
    "choose_model",
    "declaration_of",
    "declarations_of",
    "declare",
    "decline",
    "draft_of",
    "finish",
    "invitation_of",
    "invite",
    "keep_draft",
    "next_step",
    "recommend",
    "set_need",
    "set_purpose",
    "set_territories",
    "set_yourself",
    "situation_of",
    "start",
]
