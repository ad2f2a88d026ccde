// What scripts add to pages that already work without them. Nothing here is needed to read, answer or sign.
import "htmx.org";

const announce = (text: string): void => {
  const live = document.getElementById("annonces");
  if (live) live.textContent = text;
};

function focusFirst(root: ParentNode): void {
  root.querySelector<HTMLElement>("[data-focus]")?.focus();
}

// A summary link puts the caret in the field, under its label.
function followSummary(event: MouseEvent): void {
  const link = (event.target as Element).closest<HTMLAnchorElement>(".summary a[href^='#']");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  (field.closest(".field") ?? field).scrollIntoView({ block: "start" });
  field.focus({ preventScroll: true });
}

function sendOnce(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  if (event.defaultPrevented || form.method !== "post" || form.dataset.once === "no") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  form.setAttribute("aria-busy", "true");
}

function allowSending(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sent]")) {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  }
}

function guard(): void {
  const unsent = new Set<HTMLFormElement>();
  document.addEventListener("input", (event) => {
    const form = (event.target as Element).closest<HTMLFormElement>("form[data-guard]");
    if (form) unsent.add(form);
  });
  document.addEventListener("submit", (event) => unsent.delete(event.target as HTMLFormElement));
  window.addEventListener("beforeunload", (event) => {
    if ([...unsent].some((form) => form.isConnected)) event.preventDefault();
  });
}

function countLeft(area: HTMLTextAreaElement): void {
  const limit = Number(area.dataset.limit);
  const note = document.createElement("p");
  note.className = "hint field__left";
  area.after(note);
  let timer = 0;
  const show = (): void => {
    const left = limit - [...area.value].length;
    const words = (left < 0 ? area.dataset.limitOver : area.dataset.limitLeft) ?? "{n}";
    note.textContent = words.replace("{n}", String(Math.abs(left)));
    note.classList.toggle("field__left--over", left < 0);
    window.clearTimeout(timer);
    if (left < limit / 10) timer = window.setTimeout(() => announce(note.textContent ?? ""), 1000);
  };
  area.addEventListener("input", show);
  show();
}

function closeMenus(event: Event): void {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>("details[data-menu][open]")) {
    if (event instanceof KeyboardEvent) {
      if (event.key !== "Escape") continue;
      menu.querySelector<HTMLElement>("summary")?.focus();
    } else if (menu.contains(event.target as Node)) continue;
    menu.open = false;
  }
}

async function act(event: MouseEvent): Promise<void> {
  const element = (event.target as Element).closest<HTMLElement>("[data-copy], [data-print], [data-dialog]");
  if (!element) return;
  if (element.dataset.copy) {
    const source = document.querySelector<HTMLElement>(element.dataset.copy);
    const text = source instanceof HTMLInputElement ? source.value : (source?.textContent ?? "").trim();
    await navigator.clipboard.writeText(text);
    announce(element.dataset.copied ?? "");
  } else if (element.dataset.dialog) {
    const dialog = document.getElementById(element.dataset.dialog);
    if (!(dialog instanceof HTMLDialogElement)) return;
    event.preventDefault();
    dialog.showModal();
  } else window.print();
}

function enhance(root: ParentNode): void {
  for (const area of root.querySelectorAll<HTMLTextAreaElement>("textarea[data-limit]:not([data-counted])")) {
    area.dataset.counted = "yes";
    countLeft(area);
  }
  focusFirst(root);
}

type HtmxEvent = CustomEvent<{ ctx: { target: Element | string | null; request: { headers: Record<string, string>; method: string } } }>;

function carryToken(event: Event): void {
  const token = document.querySelector<HTMLMetaElement>("meta[name='csrf-token']")?.content;
  const { request } = (event as HtmxEvent).detail.ctx;
  if (token && request.method.toUpperCase() !== "GET") request.headers["X-CSRFToken"] = token;
}

function afterSwap(event: Event): void {
  const { target } = (event as HtmxEvent).detail.ctx;
  if (target instanceof Element && target.isConnected) enhance(target);
}

// Words kept on this device belong to whoever signs out of it (assets/editor/keep.ts); the server asks the browser for the same.
function forgetKept(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  if (form.hasAttribute("data-sign-out")) indexedDB.deleteDatabase("charte-mots-en-attente");
}

document.addEventListener("submit", forgetKept);
document.addEventListener("click", followSummary);
document.addEventListener("click", (event) => void act(event));
document.addEventListener("click", closeMenus);
document.addEventListener("keydown", closeMenus);
document.addEventListener("submit", sendOnce);
document.addEventListener("htmx:config:request", carryToken);
document.addEventListener("htmx:after:swap", afterSwap);
document.addEventListener("htmx:finally:request", allowSending);
window.addEventListener("pageshow", allowSending);
guard();
enhance(document);
