"""The journal's facts, as people read them."""

from __future__ import annotations

from collections.abc import Mapping

from charter.alliances import services
from charter.i18n import format_datetime, gettext
from charter.journal import services as journal
from charter.journal.models import Fact
from charter.work import Work
from workflows.base import N_

LABELS: Mapping[str, str] = {
    "alliance.proposed": N_("a proposé l’alliance"),
    "alliance.need_changed": N_("a précisé le besoin ou le territoire"),
    "party.invited": N_("a invité %(organisation)s"),
    "party.accepted": N_("a accepté l’invitation au nom de %(organisation)s"),
    "party.declined": N_("a décliné l’invitation au nom de %(organisation)s"),
    "party.left": N_("a annoncé le départ de %(organisation)s"),
    "party.invitation_cancelled": N_("a retiré l’invitation de %(organisation)s"),
    "member.added": N_("a fait entrer une personne dans l’équipe de %(party)s"),
    "member.roles_changed": N_("a changé les rôles d’une personne de %(party)s"),
    "alliance.facilitator_named": N_("a désigné un tiers de confiance"),
    "party.declaration_made": N_("a fait la déclaration de %(party)s"),
    "alliance.model_chosen": N_("a choisi le modèle de partenariat"),
    "alliance.drafting_begun": N_("a ouvert la co-rédaction"),
    "article.added": N_("a ajouté l’article « %(title)s »"),
    "article.removed": N_("a retiré l’article « %(title)s »"),
    "article.reordered": N_("a changé l’ordre des articles"),
    "article.split": N_("a fait de la fin d’un article l’article « %(title)s »"),
    "article.merged": N_("a réuni l’article « %(title)s » à un autre"),
    "term.defined": N_("a défini « %(term)s »"),
    "term.removed": N_("a retiré la définition de « %(term)s »"),
    "comment.posted": N_("a commenté un article"),
    "comment.resolved": N_("a clos une discussion"),
    "comment.reopened": N_("a rouvert une discussion"),
    "comment.edited": N_("a modifié son commentaire"),
    "comment.deleted": N_("a retiré son commentaire"),
    "comment.mentioned": N_("a prévenu quelqu’un d’un commentaire"),
    "drafting.deadlines_set": N_("a fixé le calendrier de la co-rédaction"),
    "drafting.deadline_passed": N_("a constaté qu’une date limite de la co-rédaction est passée"),
    "consent.given": N_("a donné l’avis de l’organisation sur un article (%(party)s)"),
    "consent.withdrawn": N_("a retiré l’avis de l’organisation sur un article (%(party)s)"),
    "voice.chosen": N_("a dit qui parle pour %(party)s"),
    "round.opened": N_("a ouvert le tour d’accord n° %(round)s"),
    "round.article_reopened": N_("a rouvert un article par une objection, dans le tour n° %(round)s"),
    "round.closed": N_("a clos le tour d’accord n° %(round)s"),
    "party.nudged": N_("a relancé %(party)s"),
    "amendment.proposed": N_("a proposé un amendement (%(party)s) : « %(title)s »"),
    "amendment.answered": N_("a donné l’avis de l’organisation sur un amendement (%(party)s)"),
    "amendment.discussed": N_("a commenté un amendement"),
    "amendment.accepted": N_("a fait entrer dans le texte un amendement de %(party)s : « %(title)s »"),
    "amendment.refused": N_("a constaté le refus d’un amendement de %(party)s : « %(title)s »"),
    "amendment.withdrawn": N_("a retiré un amendement de %(party)s : « %(title)s »"),
    "amendment.lapsed": N_("a rendu sans objet un amendement de %(party)s : « %(title)s »"),
    "version.named": N_("a nommé une version de la charte : « %(name)s »"),
    "version.restored": N_("a rétabli la version %(number)s de la charte"),
    "charter.adopted": N_("a constaté l’adoption de la charte par toutes les parties"),
    "contract.assembled": N_("a assemblé le contrat"),
    "contract.render_requested": N_("a demandé la mise en page des documents"),
    "contract.rendered": N_("a mis en page les documents"),
    "contract.render_failed": N_("n’a pas pu mettre en page les documents"),
    "contract.frozen": N_("a figé le contrat"),
    "envelope.sent": N_("a envoyé les documents à la signature"),
    "envelope.deadline_extended": N_("a prolongé l’échéance des signatures"),
    "envelope.deadline_passed": N_("a constaté que l’échéance des signatures est dépassée"),
    "envelope.reminders_chosen": N_("a choisi quand relancer les signataires"),
    "envelope.copy_asked": N_("a désigné quelqu’un pour recevoir une copie des documents signés (%(party)s)"),
    "envelope.copy_removed": N_("a retiré quelqu’un des destinataires d’une copie (%(party)s)"),
    "envelope.order_set": N_("a choisi dans quel ordre on signe"),
    "signature.authority_joined": N_("a joint une pièce qui montre le pouvoir de signer pour %(party)s"),
    "signature.authority_withdrawn": N_("a retiré une pièce jointe pour %(party)s"),
    "signature.delegated": N_("a confié à une autre personne, par délégation, la signature de %(party)s"),
    "signature.delegation_ended": N_("a mis fin à la délégation de signature de %(party)s"),
    "signature.visa_asked": N_("a demandé un visa avant la signature de %(party)s"),
    "signature.visa_lifted": N_("a levé la demande de visa de %(party)s"),
    "signature.visa_given": N_("a donné son visa à la signature de %(party)s"),
    "signature.visa_refused": N_("a refusé son visa à la signature de %(party)s"),
    "signatory.document_opened": N_("a ouvert les documents à signer pour %(party)s"),
    "signatory.identified": N_("s’est identifié par un code pour %(party)s"),
    "envelope.provider_chosen": N_("a choisi qui recueille les signatures"),
    "envelope.handed_over": N_("a confié les documents à %(provider)s"),
    "signature.given": N_("a reçu de %(provider)s l’annonce de la signature pour %(party)s"),
    "signature.confirmed": N_("a confirmé sa signature pour %(party)s"),
    "signature.sealed": N_("a apposé la signature de %(party)s dans les documents"),
    "signature.declined": N_("a refusé de signer pour %(party)s"),
    "envelope.completed": N_("a réuni toutes les signatures"),
    "archive.renewed": N_("a renouvelé l’horodatage d’archivage d’un document signé"),
    "envelope.voided": N_("a annulé l’envoi à la signature"),
    "evaluation.planned": N_("a fixé le calendrier des points d’étape"),
    "checkpoint.opened": N_("a ouvert un point d’étape"),
    "checkpoint.answered": N_("a répondu au point d’étape pour %(party)s"),
    "reminder.sent": N_("a envoyé un rappel"),
    "review.published": N_("a publié un bilan"),
    "checkpoint.closed": N_("a clos un point d’étape"),
    "alliance.drafting_reopened": N_("a rouvert la co-rédaction"),
    "alliance.closed": N_("a clos l’alliance"),
    "alliance.abandoned": N_("a mis fin à l’alliance"),
}


def fact_label(fact: Fact, parties: Mapping[str, str]) -> str:
    """What the actor did; `parties` gives each party's name by its reference. An unknown type is shown by its code."""
    label = LABELS.get(fact.type)
    if label is None:
        return fact.type
    known = {key: parties.get(str(value), value) for key, value in fact.payload.items() if isinstance(value, (str, int))}
    return gettext(label, **{"party": "", "organisation": "", "title": "", "round": "", **known})


def latest(work: Work, alliance_ref: str) -> str:
    """Who did what last in an alliance, and when, in a sentence; for somebody whose own move came too late. Empty when nothing was done."""
    alliance = services.find(work, alliance_ref)
    fact = next(iter(journal.facts(work, alliance.id, limit=1, newest_first=True)), None)
    if fact is None:
        return ""
    what = fact_label(fact, {party.ref: party.name for party in alliance.parties})
    return gettext(N_("%(who)s %(what)s, le %(at)s."), who=fact.actor.get("name", ""), what=what, at=format_datetime(fact.at))
