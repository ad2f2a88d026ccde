"""Who is expected to do what about a visa, so that a party may sign."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from workflows.base import N_
from workflows.expected import Expected
from workflows.signing import SignatoryFacts
from workflows.visas import ApproverFacts, ApproverStatus


def of_visa(signatory: SignatoryFacts, url: Mapping[str, str], due: date | None) -> Iterator[Expected]:
    """The visa its party's signature waits for: of the approver; once refused, of them or of the party, which may do without."""
    visa = signatory.visa
    if visa is None:
        return
    if visa.gone:
        yield from _party(visa, url, N_("%(name)s n’agit plus pour vous : nommez une autre personne pour le visa, ou levez-en la demande"))
        return
    order, wait = N_("Lisez les documents et donnez votre visa pour %(party)s"), N_("donner son visa pour %(party)s")
    if visa.status == ApproverStatus.refused:
        order = N_("Vous avez refusé votre visa pour %(party)s : revenez sur ce refus dès que possible")
        wait = N_("revenir sur son refus de visa pour %(party)s")
        yield from _party(visa, url, N_("%(name)s refuse son visa : convenez de la suite avec cette personne, ou levez la demande"))
    params = {"party": visa.party}
    yield Expected("alliance.see", order, wait, "signing.visa", url, visa.party, visa.person or None, who=visa.name, params=params, due=due)


def of_unentitled(signatory: SignatoryFacts, endpoint: str, url: Mapping[str, str], *, attended: bool) -> Expected:
    """The role was taken back since: nothing is asked of that person, the party says who signs; nobody to say so, those who lead act."""
    order = N_("%(name)s n’est plus une personne habilitée à signer pour vous : déléguez sa signature, ou rendez-lui ce rôle")
    wait = N_("désigner qui signe, %(name)s n’étant plus habilité")
    params = {"name": signatory.name, "party": signatory.party}
    if not attended:
        order = N_("Annulez l’envoi : %(name)s ne peut plus signer pour %(party)s, qui n’a plus de référent pour nommer quelqu’un")
        return Expected("signing.void", order, wait, "signing.voiding", url, params=params)
    return Expected("party.members", order, wait, endpoint, url, signatory.party, params=params)


def _party(visa: ApproverFacts, url: Mapping[str, str], order: str) -> Iterator[Expected]:
    wait, params = N_("régler la question du visa demandé à %(name)s"), {"name": visa.name, "party": visa.party}
    if not visa.unattended:
        yield Expected("party.members", order, wait, "signing.show", url, visa.party, params=params)
        return
    order = N_("%(party)s n’a plus de référent pour régler le visa demandé à %(name)s : vous pouvez en lever la demande")
    yield Expected("signing.authority", order, wait, "signing.show", url, visa.party, params=params)
    yield Expected("signing.void", order, wait, "signing.show", url, params=params)
