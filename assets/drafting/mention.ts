/**
 * Calling somebody while writing a comment: typing « @ » opens a list of the alliance's people, which arrow keys, Enter or a tap choose from.
 * The text box keeps the focus and points at the active choice (WAI-ARIA: a text box with a listbox popup, aria-activedescendant).
 * The people are the boxes of « Prévenir quelqu’un », which work without this script: choosing a name ticks its box.
 * Markup: `[data-writing]` holds a `textarea[data-mention]` and `[data-call] input[data-call-name]`.
 */
const TYPED = /(?:^|\s)@([\p{L}\p{M}'’.-]*(?: [\p{L}\p{M}'’.-]+)?)$/u;
const MOST = 6;

interface Choice {
  box: HTMLInputElement;
  name: string;
  party: string;
}

interface Open {
  area: HTMLTextAreaElement;
  list: HTMLElement;
  choices: Choice[];
  active: number;
  from: number;
}

let open: Open | null = null;

const fold = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const say = (text: string): void => {
  const voice = document.getElementById("annonces");
  if (voice && voice.textContent !== text) voice.textContent = text;
};

const boxes = (area: HTMLElement): HTMLInputElement[] => [
  ...(area.closest("[data-writing]")?.querySelectorAll<HTMLInputElement>("input[data-call-name]") ?? []),
];

function matching(area: HTMLTextAreaElement, typed: string): Choice[] {
  const wanted = fold(typed);
  return boxes(area)
    .map((box) => ({ box, name: box.dataset.callName ?? "", party: box.dataset.callParty ?? "" }))
    .filter(({ name }) => fold(name).startsWith(wanted) || fold(name).split(/[\s-]+/).some((word) => word.startsWith(wanted)))
    .slice(0, MOST);
}

function close(): void {
  if (!open) return;
  open.list.remove();
  open.area.removeAttribute("aria-activedescendant");
  open.area.removeAttribute("aria-controls");
  open = null;
}

function look(area: HTMLTextAreaElement): void {
  const typed = TYPED.exec(area.value.slice(0, area.selectionStart))?.[1];
  if (typed === undefined) return close();
  const choices = matching(area, typed);
  if (choices.length === 0) {
    if (open || typed === "") say(area.dataset.mentionNone ?? "");
    return close();
  }
  const list = open?.area === area ? open.list : listFor(area);
  open = { area, list, choices, active: 0, from: area.selectionStart - typed.length - 1 };
  show();
  say((area.dataset.mentionSome ?? "").replace("{n}", String(choices.length)));
}

function listFor(area: HTMLTextAreaElement): HTMLElement {
  close();
  const list = document.createElement("ul");
  list.id = `${area.id}-personnes`;
  list.className = "mention-list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", area.dataset.mentionLabel ?? "");
  // Pressing keeps the caret where it is; the tap itself chooses.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const index = [...list.children].indexOf((event.target as Element).closest("[role='option']") as Element);
    if (open && index >= 0) choose(open, index);
  });
  area.after(list);
  area.setAttribute("aria-controls", list.id);
  return list;
}

function show(): void {
  if (!open) return;
  const { list, choices, active, area } = open;
  list.replaceChildren(
    ...choices.map(({ name, party }, index) => {
      const option = document.createElement("li");
      const who = document.createElement("span");
      who.className = "muted";
      who.textContent = party;
      option.id = `${list.id}-${index}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", String(index === active));
      option.append(name, " ", who);
      return option;
    }),
  );
  area.setAttribute("aria-activedescendant", `${list.id}-${active}`);
}

function choose({ area, choices, from }: Open, index: number): void {
  const chosen = choices[index];
  if (!chosen) return;
  const { name, box } = chosen;
  area.setRangeText(`@${name} `, from, area.selectionStart, "end");
  tick(box, true);
  close();
  area.focus();
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

function tick(box: HTMLInputElement, on: boolean): void {
  box.checked = on;
  box.dataset.by = "name";
  counted(box);
}

/** A name written in full is a call, one rubbed out is none any more; a box ticked by hand is left alone. */
function follow(area: HTMLTextAreaElement): void {
  for (const box of boxes(area)) {
    const called = `@${box.dataset.callName}`;
    const named = area.value.includes(called);
    const byName = box.dataset.by === "name" || (box.checked && area.defaultValue.includes(called));
    if (box.dataset.by === "hand" || (!named && !byName)) continue;
    if (box.checked !== named) tick(box, named);
  }
}

function counted(box: HTMLInputElement): void {
  const call = box.closest<HTMLDetailsElement>("[data-call]");
  const ticked = call?.querySelectorAll("input:checked").length ?? 0;
  call?.querySelector("summary span")?.setAttribute("data-count", ticked ? ` (${ticked})` : "");
}

function keydown(event: KeyboardEvent): void {
  if (!open || event.target !== open.area || event.isComposing) return;
  const last = open.choices.length - 1;
  if (event.key === "ArrowDown") open.active = open.active === last ? 0 : open.active + 1;
  else if (event.key === "ArrowUp") open.active = open.active === 0 ? last : open.active - 1;
  else if (event.key === "Enter" || event.key === "Tab") choose(open, open.active);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
  show();
}

export function mention(): void {
  document.addEventListener("input", (event) => {
    const area = event.target;
    if (area instanceof HTMLTextAreaElement && area.dataset.mention !== undefined) {
      follow(area);
      look(area);
    }
  });
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box instanceof HTMLInputElement && box.dataset.callName !== undefined) {
      box.dataset.by = "hand";
      counted(box);
    }
  });
  document.addEventListener("keydown", keydown, true);
  document.addEventListener("focusout", (event) => open && event.target === open.area && close());
}
