/**
 * Asks the browser for a passkey, then sends the form with its answer. Without this script the form stays hidden and the mail does it all.
 *
 * Markup (`templates/pages/accounts/_passkey.html`):
 *   <form data-passkey="create|get" data-ask="address of what to ask" data-cancelled data-known data-offline data-failed hidden>
 *     <input type="hidden" name="answer"> <p data-passkey-trouble hidden><span class="error__text"> … <button type="submit">
 */
import { answerOf, askedToCreate, askedToProve } from "./wire.ts";

type Trouble = "cancelled" | "known" | "offline" | "failed";

/** Browsers keep no key for an IP address, nor for an address without TLS. */
function possible(): boolean {
  const address = /^[\d.]+$|^\[/.test(location.hostname);
  return window.isSecureContext && !address && "PublicKeyCredential" in window;
}

function say(form: HTMLFormElement, trouble: Trouble | ""): void {
  const place = form.querySelector<HTMLElement>("[data-passkey-trouble]");
  const words = place?.querySelector(".error__text");
  if (!place || !words) return;
  words.textContent = trouble ? (form.dataset[trouble] ?? "") : "";
  place.hidden = trouble === "";
}

function troubleOf(error: unknown): Trouble {
  if (error instanceof TypeError) return "offline";
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "AbortError") return "cancelled";
  return name === "InvalidStateError" ? "known" : "failed";
}

/** What the server wants signed; a page that says why instead (signed out, too many) is gone to by sending the form as it is. */
async function ask(form: HTMLFormElement): Promise<unknown> {
  const token = document.querySelector<HTMLMetaElement>("meta[name='csrf-token']")?.content ?? "";
  const answer = await fetch(form.dataset.ask ?? "", { method: "POST", headers: { "X-CSRFToken": token }, redirect: "manual" });
  const json = answer.headers.get("Content-Type")?.startsWith("application/json") ?? false;
  return answer.ok && json ? await answer.json() : null;
}

async function answer(form: HTMLFormElement): Promise<string> {
  const asked = await ask(form);
  if (asked === null) return "";
  const key =
    form.dataset.passkey === "create"
      ? await navigator.credentials.create({ publicKey: askedToCreate(asked) })
      : await navigator.credentials.get({ publicKey: askedToProve(asked) });
  return JSON.stringify(answerOf(key as PublicKeyCredential));
}

async function send(form: HTMLFormElement): Promise<void> {
  if (form.getAttribute("aria-busy") === "true") return;
  form.setAttribute("aria-busy", "true");
  say(form, "");
  try {
    form.querySelector<HTMLInputElement>("input[name='answer']")!.value = await answer(form);
    form.submit();
  } catch (error) {
    form.removeAttribute("aria-busy");
    say(form, troubleOf(error));
  }
}

function start(form: HTMLFormElement): void {
  form.hidden = false;
  for (const words of document.querySelectorAll<HTMLElement>("[data-with-passkey]")) words.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send(form);
  });
}

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-passkey]")) form.removeAttribute("aria-busy");
});
if (possible()) for (const form of document.querySelectorAll<HTMLFormElement>("form[data-passkey]")) start(form);
