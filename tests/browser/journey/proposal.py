"""Signing in, proposing, inviting, answering, declaring, choosing a model, opening the co-drafting."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from playwright.sync_api import Page, expect

from charter.i18n import gettext
from charter.story.cast import EMPLOI, SUBSIDY_CENTS, Side
from tests.browser.journey.people import ASSOCIATION, COMPANY, DEPARTMENT, FACILITATOR, Journey, follow, press

WORD = "Nous pensons à vous depuis notre première réunion. Seriez-vous des nôtres ?"


def first_steps(journey: Journey) -> None:
    """The first person comes, signs in through the mailbox page, says her name; her link opens nothing a second time."""
    who = ASSOCIATION.speaker
    page = journey.pages[who.email] = journey.browser(who.name)
    page.goto(journey.site.url)
    journey.seen(page, "welcome")
    follow(page, "Se connecter ou commencer")
    journey.seen(page, "sign-in")
    page.get_by_label("Votre adresse électronique").fill("aicha")
    press(page, "Recevoir mon lien")
    journey.seen(page, "sign-in-refused")
    page.get_by_label("Votre adresse électronique").fill(who.email)
    press(page, "Recevoir mon lien")
    expect(page.get_by_role("heading", level=1)).to_have_text("Regardez vos courriels")
    journey.seen(page, "link-sent")
    link = journey.link(journey.mail(who.email, "Votre lien de connexion"), "/connexion/")
    follow(page, "Ouvrir la boîte aux lettres de démonstration")
    journey.seen(page, "mailbox")
    follow(page, "Votre lien de connexion")
    journey.seen(page, "mail")
    page.get_by_role("link", name=link).click()
    expect(page.get_by_role("button", name="Ouvrir mon espace")).to_be_visible()
    journey.seen(page, "open-link")
    press(page, "Ouvrir mon espace")
    expect(page.get_by_role("heading", level=1)).to_contain_text("comment vous appelez-vous")
    journey.seen(page, "name")
    page.get_by_label("Prénom et nom").fill(who.name)
    press(page, "Enregistrer")
    _used_once(journey, link)
    page.goto(f"{journey.site.url}/compte")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mon compte")
    journey.seen(page, "account")


def _used_once(journey: Journey, link: str) -> None:
    thief = journey.browser("somebody else")
    answer = thief.goto(link)
    assert answer is not None and answer.status == 410
    journey.seen(thief, "link-used")
    thief.goto(f"{journey.site.url}/compte")
    expect(thief).to_have_url(re.compile("/connexion"))
    thief.context.close()


def propose(journey: Journey) -> None:
    """Every screen of a proposal, then the two other parties and the facilitator are invited."""
    page, side = journey.page(ASSOCIATION), ASSOCIATION
    page.goto(journey.site.url)
    journey.seen(page, "dashboard-empty")
    follow(page, "Proposer une alliance")
    page.get_by_label("Nom de l’alliance").fill(EMPLOI.title)
    page.get_by_label("Le besoin").fill(EMPLOI.need)
    journey.seen(page, "propose-need")
    press(page, "Enregistrer et continuer")
    page.get_by_label("Nom de l’organisation").fill(side.organisation.name)
    page.get_by_label("Sorte d’organisation").select_option(side.organisation.kind.value)
    page.get_by_label("Numéro SIREN ou SIRET").fill("808000013")
    page.get_by_label("Numéro RNA").fill(side.organisation.rna)
    press(page, "Enregistrer et continuer")
    expect(page.get_by_role("alert")).to_be_visible()
    journey.seen(page, "propose-organisation-refused")
    page.get_by_label("Numéro SIREN ou SIRET").fill(side.organisation.siren)
    press(page, "Enregistrer et continuer")
    found = re.search(r"/alliances/([^/]+)/", page.url)
    assert found
    journey.ref = found[1]
    _capacity(journey, page, side, "propose-yourself")
    _territory(journey, page)
    for domain in EMPLOI.domains:
        page.locator(f"input[name=domains][value={domain}]").check()
    for goal in EMPLOI.sdgs:
        if goal != 17:
            page.locator(f"input[name=sdgs][value='{goal}']").check()
    journey.seen(page, "propose-purpose")
    press(page, "Enregistrer et continuer")
    for other in (COMPANY, DEPARTMENT):
        _invite(page, other)
    journey.seen(page, "propose-invite")
    follow(page, "Terminer sans inviter d’autre partie")
    journey.seen(page, "proposal")
    _facilitator(journey, page)


def _capacity(journey: Journey, page: Page, side: Side, name: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("À quel titre agissez-vous ?")
    page.get_by_label("Votre qualité").fill(side.speaker.title)
    page.get_by_label("Oui, je suis habilité à l’engager").check()
    journey.seen(page, name)
    press(page, "Enregistrer et continuer")


def _territory(journey: Journey, page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Où l’alliance agit-elle ?")
    page.get_by_label("Chercher un territoire").press_sequentially("xyzzy")
    expect(page.locator("#trouves p")).to_be_visible()
    page.get_by_label("Chercher un territoire").fill("")
    page.get_by_label("Chercher un territoire").press_sequentially("Isère")
    found = page.get_by_role("button", name="Ajouter Isère, département")
    expect(found).to_be_visible()
    journey.seen(page, "propose-territory-found")
    press(page, "Ajouter Isère, département")
    page.get_by_label("Ajouter un territoire").press_sequentially("38100")
    press(page, re.compile("Ajouter Grenoble"))
    journey.seen(page, "propose-territory")
    press(page, "Continuer")


def _invite(page: Page, side: Side) -> None:
    page.get_by_label("Nom de l’organisation").fill(side.organisation.name)
    page.get_by_label("Sorte d’organisation").select_option(side.organisation.kind.value)
    page.get_by_label("Numéro SIREN ou SIRET").fill(side.organisation.siren)
    page.get_by_label("Prénom et nom de la personne à qui écrire").fill(side.speaker.name)
    page.get_by_label("Adresse électronique").fill(side.speaker.email)
    page.get_by_label("Un mot pour elle").fill(WORD)
    press(page, "Envoyer l’invitation")
    expect(page.get_by_role("main")).to_contain_text(side.organisation.name)


def _facilitator(journey: Journey, page: Page) -> None:
    journey.go(ASSOCIATION, "/parties")
    journey.seen(page, "parties")
    journey.go(ASSOCIATION, "/tiers-de-confiance")
    page.get_by_label("Prénom et nom").fill(FACILITATOR.name)
    page.get_by_label("Adresse électronique").fill(FACILITATOR.email)
    page.get_by_label("Structure").fill(EMPLOI.facilitator_organisation)
    journey.seen(page, "facilitator")
    press(page, "Inviter cette personne")


def accept(journey: Journey, side: Side) -> None:
    """An invited party comes through its mail, reads, accepts with a word, says in what capacity its person acts."""
    invitation = journey.mail(side.speaker.email, "Invitation à faire alliance")
    page = journey.sign_in(side.speaker, journey.link(invitation, "/connexion/"))
    expect(page.get_by_role("heading", level=1)).to_have_text(EMPLOI.title)
    expect(page.get_by_role("main")).to_contain_text(WORD)
    page.get_by_label("Oui, nous y participons").check()
    page.get_by_label("Un mot").fill(side.word)
    journey.seen(page, f"answer-{side.organisation.kind.value}")
    press(page, "Envoyer ma réponse")
    _capacity(journey, page, side, "yourself-invited")
    journey.mail(ASSOCIATION.speaker.email, f"{side.organisation.name} entre dans l’alliance")


def _checked(name: str) -> Callable[[Page, Side], None]:
    def fill(page: Page, side: Side) -> None:
        for key in side.declaration[name]:
            page.locator(f"input[name={name}][value={key}]").check()

    return fill


def _written(*names: str) -> Callable[[Page, Side], None]:
    def fill(page: Page, side: Side) -> None:
        for name in names:
            page.locator(f"textarea[name={name}]").fill(side.declaration[name])

    return fill


def _contributions(page: Page, side: Side) -> None:
    for one in side.declaration["contributions"]:
        page.locator(f"[name=label-{one['means']}]").fill(one["label"])
        if one["cents"]:
            page.locator(f"[name=euros-{one['means']}]").fill(str(one["cents"] // 100))


def _money(page: Page, side: Side) -> None:
    if not side.deliberation:
        return
    row = page.get_by_role("group", name=ASSOCIATION.organisation.name)
    row.get_by_label("Versement").select_option("subsidy")
    row.get_by_label("Montant, en euros").fill(f"{SUBSIDY_CENTS // 100}")
    row.get_by_label("Pour quoi").fill("Expérimentation du sas")


def _posture(page: Page, side: Side) -> None:
    page.locator(f"input[name=posture][value={side.declaration['posture']}]").check()


SCREENS: Mapping[str, Callable[[Page, Side], None]] = {
    "objectives": _checked("objectives"),
    "levers": _checked("levers"),
    "means": _checked("means"),
    "contributions": _contributions,
    "money": _money,
    "constraints": _written("constraints"),
    "strengths": _written("strengths"),
    "asymmetries": _written("fragilities", "needs"),
    "posture": _posture,
}


def declare(journey: Journey, side: Side) -> None:
    """A party's declaration, one question a screen, from the dashboard's « à faire »."""
    asked = gettext("Faites la déclaration de %(party)s", party=side.organisation.name)
    page = journey.to_do(side, asked, f"to-declare-{side.organisation.kind.value}")
    for step in SCREENS:
        expect(page).to_have_url(re.compile(f"/declaration/{step}$"))
        SCREENS[step](page, side)
        if side is DEPARTMENT:
            journey.seen(page, f"declaration-{step}")
        press(page, "Enregistrer et continuer")
    journey.seen(page, f"declaration-{side.organisation.kind.value}")
    press(page, "Faire la déclaration au nom de")
    expect(page.get_by_role("main")).to_contain_text("La déclaration de")


def choose_the_model_advised(journey: Journey) -> None:
    """The facilitator comes; before anything is ready the page says what is missing; the model advised is chosen."""
    page = journey.sign_in(FACILITATOR)
    journey.go(FACILITATOR, "/proposition/lancer")
    expect(page.get_by_role("heading", level=1)).to_have_text("La co-rédaction ne peut pas encore commencer")
    journey.seen(page, "begin-refused")
    page = journey.to_do(ASSOCIATION, "Choisissez le modèle de partenariat", "to-choose-model")
    expect(page.locator(".model").first).to_contain_text("conseillé")
    page.locator("#f-model").check()
    journey.seen(page, "model")
    press(page, "Choisir ce modèle")
    expect(page.get_by_role("main")).to_contain_text("Le modèle de partenariat est choisi")


def begin_at_the_same_time(journey: Journey) -> None:
    """Two people open the co-drafting at once: one does, the other is told what happened."""
    hers = journey.to_do(ASSOCIATION, "Lancez la co-rédaction", "to-begin")
    his = journey.go(FACILITATOR, "/proposition/lancer")
    journey.seen(his, "begin")
    press(hers, "Ouvrir la co-rédaction")
    with his.expect_response(lambda answer: answer.request.method == "POST") as answered:
        press(his, "Ouvrir la co-rédaction")
    assert answered.value.status == 409
    expect(his.get_by_role("main")).to_contain_text(f"{ASSOCIATION.speaker.name} a ouvert la co-rédaction")
    journey.seen(his, "begin-too-late")
    hers.goto(journey.address)
    journey.seen(hers, "alliance-drafting")
    for side in (COMPANY, DEPARTMENT):
        journey.mail(side.speaker.email, "s’écrit maintenant")
