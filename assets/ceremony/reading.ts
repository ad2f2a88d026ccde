/**
 * Tells the server when the end of a document comes on screen and stays there, or when its PDF is opened; once each.
 *
 * Markup (`templates/pages/signing/_reading.html`): <article data-reading="address"> with [data-reading-end] after the last words,
 * a[data-reading-pdf], the box to tick and [data-reading-said]; [data-reading-state] for the whole page.
 */

const STAYS = 600;

type Way = "scrolled" | "pdf";

async function tell(sheet: HTMLElement, way: Way): Promise<void> {
  if (sheet.dataset.readingTold) return;
  sheet.dataset.readingTold = way;
  const token = document.querySelector<HTMLMetaElement>("meta[name='csrf-token']")?.content ?? "";
  const asked = { method: "POST", body: new URLSearchParams({ way }), headers: { "X-CSRFToken": token }, keepalive: true } as const;
  const answer = await fetch(sheet.dataset.reading ?? "", { ...asked, redirect: "manual" }).catch(() => null);
  if (answer?.ok) show(sheet, (await answer.json()) as { said: string; state: string });
  else delete sheet.dataset.readingTold;
}

function show(sheet: HTMLElement, told: { said: string; state: string }): void {
  const [box, said] = [sheet.querySelector<HTMLInputElement>("input[type='checkbox']"), sheet.querySelector("[data-reading-said]")];
  if (box) box.checked = true;
  if (said) said.textContent = told.said;
  const state = document.querySelector("[data-reading-state]");
  if (state) state.textContent = told.state;
}

function watch(sheet: HTMLElement): void {
  const end = sheet.querySelector<HTMLElement>("[data-reading-end]");
  if (!end || sheet.querySelector("[data-reading-said]")?.textContent) return;
  let timer = 0;
  new IntersectionObserver((seen) => {
    window.clearTimeout(timer);
    if (seen.at(-1)?.isIntersecting) timer = window.setTimeout(() => void tell(sheet, "scrolled"), STAYS);
  }).observe(end);
  sheet.querySelector("[data-reading-pdf]")?.addEventListener("click", () => void tell(sheet, "pdf"));
}

export function noticeEnds(): void {
  for (const sheet of document.querySelectorAll<HTMLElement>("[data-reading]")) watch(sheet);
}
