/** Which article has this person's cursor: its cursor is told to the others, the toolbar works on it. */
import type { Panel } from "./panel.ts";

export interface FocusHooks {
  panels(): Iterable<Panel>;
  entered(panel: Panel): void;
  left(): void;
}

export function followFocus(root: HTMLElement, hooks: FocusHooks): void {
  root.addEventListener("focusin", ({ target }) => entered(root, target, hooks), true);
  // Once the next element has the focus.
  root.addEventListener("focusout", () => window.setTimeout(() => left(root, hooks)), true);
}

function entered(root: HTMLElement, target: EventTarget | null, hooks: FocusHooks): void {
  const panel = [...hooks.panels()].find(({ host }) => target instanceof Node && host.contains(target));
  if (!panel?.view) return;
  root.classList.add("is-editing");
  // Only the article that has the cursor speaks: elsewhere this browser has nothing to renew.
  const awareness = panel.article?.awareness;
  if (awareness?.getLocalState() === null) awareness.setLocalState({});
  hooks.entered(panel);
}

function left(root: HTMLElement, hooks: FocusHooks): void {
  const active = document.activeElement;
  for (const { article, host } of hooks.panels())
    if (article?.awareness.getLocalState() && !host.contains(active)) article.awareness.setLocalState(null);
  const tools = active?.closest("[data-article], [data-editor-toolbar], dialog");
  if (tools && root.contains(tools)) return;
  root.classList.remove("is-editing");
  hooks.left();
}
