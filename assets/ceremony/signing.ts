/**
 * Sends the signature so that a lost connection leaves nobody in doubt: the page asks whether it arrived, and says so.
 *
 * Markup (`templates/pages/signing/sign.html`): <form data-sign="address of the state" data-sending data-asking data-unknown> and
 * [data-sign-said] in it. The state is {signed, said, next}.
 */

interface State {
  signed: boolean;
  said: string;
  next: string;
}

const TIMEOUT = 20_000;
const AGAIN = 3_000;
/** A request may still be on its way when its answer is lost: asked at once, the server would say too soon that nothing came. */
const SETTLES = 1_500;

const rest = (time: number): Promise<void> => new Promise((rested) => setTimeout(rested, time));

function say(form: HTMLFormElement, words: string): void {
  const place = form.querySelector<HTMLElement>("[data-sign-said]");
  if (!place) return;
  place.hidden = words === "";
  if (place.textContent !== words) place.textContent = words;
}

async function stateOf(form: HTMLFormElement): Promise<State | null> {
  const answer = await fetch(form.dataset.sign ?? "", { redirect: "manual", signal: AbortSignal.timeout(TIMEOUT) });
  return answer.ok ? ((await answer.json()) as State) : null;
}

/** Signed out meanwhile: the page itself leads to the sign-in page, and back. */
async function goOn(form: HTMLFormElement): Promise<void> {
  const state = await stateOf(form).catch(() => null);
  location.assign(state?.next ?? location.href);
}

async function findOut(form: HTMLFormElement): Promise<void> {
  say(form, form.dataset.asking ?? "");
  await rest(SETTLES);
  for (;;) {
    try {
      const state = await stateOf(form);
      if (!state || state.signed) return location.assign(state?.next ?? location.href);
      say(form, state.said);
      return form.removeAttribute("aria-busy");
    } catch {
      say(form, form.dataset.unknown ?? "");
      await rest(AGAIN);
    }
  }
}

/** A refusal comes as a page: its words take the place of these. */
function show(page: string): void {
  const found = new DOMParser().parseFromString(page, "text/html").querySelector("main");
  const here = document.querySelector("main");
  if (!found || !here) return location.reload();
  here.replaceWith(found);
  signSurely();
  found.querySelector<HTMLElement>("[data-focus]")?.focus();
}

async function send(form: HTMLFormElement): Promise<void> {
  form.setAttribute("aria-busy", "true");
  say(form, form.dataset.sending ?? "");
  try {
    const asked = { method: "POST", body: new FormData(form), redirect: "manual", signal: AbortSignal.timeout(TIMEOUT) } as const;
    const answer = await fetch(form.action, asked);
    if (answer.type === "opaqueredirect") await goOn(form);
    else show(await answer.text());
  } catch {
    await findOut(form);
  }
}

export function signSurely(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sign]"))
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (form.getAttribute("aria-busy") !== "true") void send(form);
    });
}
