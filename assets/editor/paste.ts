/**
 * What comes from Word, LibreOffice, Google Docs or a web page, made into what an article holds before the schema reads it.
 *
 * The content security policy refuses `style` and handlers wherever markup is read, even in an inert document, and reports them:
 * they are kept under other names, where only the rules here look.
 */
import { Plugin } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { cleanLists } from "./paste_lists.ts";
import { cleanNotes } from "./paste_notes.ts";
import { cleanTables, unwrapLayouts } from "./paste_tables.ts";
import { tellNotice } from "./notices.ts";

const OWN = "[data-pm-slice]";
const JUNK = [
  "style, script, meta, link, title, head, template, xml, noscript, button, input, select, textarea, colgroup, col, hr",
  "[hidden], [aria-hidden='true'], del, .MsoCommentReference, .msocomtxt, .msocomanchor, .Apple-interchange-newline",
].join();
const IMAGES = "img, picture, svg, video, audio, canvas, object, embed, iframe, map";
const HIDDEN = /mso-element:\s*comment|mso-hide:\s*all|display:\s*none|mso-list:\s*ignore/i;
const MOST_CHARACTERS = 2_000_000;

/** Styles and handlers under names that the browser does not read. */
export function inertMarkup(html: string): string {
  const rename = (tag: string): string => tag.replace(/\s(style|on\w+)(\s*=)/gi, " data-$1$2");
  return html.replace(/<style[\s>][\s\S]*?<\/style>/gi, "").replace(/<[a-z][^>]*>/gi, rename);
}

/** The pasted markup, cleaned; the person is told of what could not be kept. */
export function cleaned(html: string, view?: EditorView): string {
  const source = inertMarkup(html.slice(0, MOST_CHARACTERS));
  const page = new DOMParser().parseFromString(source, "text/html");
  const { body } = page;
  if (body.querySelector(OWN)) return source;
  if (clean(body) && view) tellNotice(view.dom, "pasted_images");
  return body.innerHTML;
}

/** Cleans in place; true when images were dropped. */
function clean(body: HTMLElement): boolean {
  comments(body);
  cleanLists(body);
  each(body, JUNK, (element) => element.remove());
  each(body, "[data-style]", (element) => {
    if (HIDDEN.test(element.dataset.style ?? "")) element.remove();
    else if (/mso-tab-count/i.test(element.dataset.style ?? "")) element.replaceWith(" ");
  });
  const images = dropImages(body);
  cleanNotes(body);
  prefixed(body);
  unwrapLayouts(body);
  headings(body);
  links(body);
  cleanTables(body);
  blanks(body);
  return images;
}

function comments(body: HTMLElement): void {
  const walker = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_COMMENT);
  const found: Node[] = [];
  while (walker.nextNode()) found.push(walker.currentNode);
  for (const node of found) node.parentNode?.removeChild(node);
}

/** An emoji that a page draws as an image stays as the sign it stands for; spacers and trackers go without a word. */
function dropImages(body: HTMLElement): boolean {
  let dropped = false;
  each(body, IMAGES, (element) => {
    const sign = element.getAttribute("alt") ?? "";
    if (/^\p{Extended_Pictographic}[\p{Emoji_Modifier}\u200d\ufe0f\p{Extended_Pictographic}]*$/u.test(sign)) return element.replaceWith(sign);
    const spacer = ["width", "height"].some((side) => /^[01](px)?$/.test(element.getAttribute(side) ?? ""));
    dropped ||= !spacer;
    element.remove();
  });
  return dropped;
}

/** Word's own elements (o:p, w:sdt, v:shape): their words stay. */
function prefixed(body: HTMLElement): void {
  each(body, "*", (element) => {
    if (element.localName.includes(":")) element.replaceWith(...element.childNodes);
  });
}

/** Titles keep their order in two ranks: the highest of what is pasted, and all those under it. */
function headings(body: HTMLElement): void {
  each(body, "p.MsoTitle", (element) => renamed(element, "h1"));
  each(body, "p.MsoSubtitle", (element) => renamed(element, "h2"));
  const found = [...body.querySelectorAll<HTMLElement>("h1, h2, h3, h4, h5, h6")];
  const rank = (element: Element): number => Number(element.localName.slice(1));
  const highest = Math.min(...found.map(rank));
  for (const element of found) {
    const block = element.closest("li, td, th");
    if (block && block !== element) strong(element);
    else renamed(element, rank(element) === highest ? "h3" : "h4");
  }
}

/** A title inside a list or a cell is a paragraph in bold. */
function strong(element: HTMLElement): void {
  const bold = element.ownerDocument.createElement("strong");
  bold.append(...element.childNodes);
  const paragraph = element.ownerDocument.createElement("p");
  paragraph.append(bold);
  element.replaceWith(paragraph);
}

function renamed(element: HTMLElement, tag: string): void {
  const other = element.ownerDocument.createElement(tag);
  other.append(...element.childNodes);
  element.replaceWith(other);
}

/** Google Docs leads every link through itself; a link inside the document it came from leads nowhere here. */
function links(body: HTMLElement): void {
  each(body, "a[href]", (element) => {
    const href = element.getAttribute("href") ?? "";
    const through = /^https:\/\/www\.google\.com\/url\?(?:.*&)?q=([^&]+)/.exec(href)?.[1];
    if (through) element.setAttribute("href", decoded(through));
    if (href.startsWith("#")) element.removeAttribute("href");
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Paragraphs that only make space, and the breaks that Google Docs puts between blocks. */
function blanks(body: HTMLElement): void {
  each(body, "p, h3, h4, li", (element) => {
    if (!element.querySelector("sup[data-note], table") && (element.textContent ?? "").trim() === "") element.remove();
  });
  each(body, "ul, ol", (element) => {
    if (!element.querySelector("li")) element.remove();
  });
  each(body, "br", (element) => {
    const beside = [element.previousElementSibling, element.nextElementSibling];
    if (beside.some((other) => other && /^(p|h\d|ul|ol|table|div)$/.test(other.localName))) element.remove();
  });
}

export function each(root: ParentNode, selector: string, act: (element: HTMLElement) => void): void {
  for (const element of [...root.querySelectorAll<HTMLElement>(selector)]) act(element);
}

const filesOnly = (data: DataTransfer | null): boolean => Boolean(data && data.files.length > 0 && !data.types.includes("text/html"));

/** Files, screenshots, images dragged from the desktop: said, not swallowed. */
export function pastePlugin(): Plugin {
  const refuse = (view: EditorView, event: Event, data: DataTransfer | null): boolean => {
    if (!filesOnly(data) || data?.types.includes("text/plain")) return false;
    event.preventDefault();
    tellNotice(view.dom, "pasted_images");
    return true;
  };
  return new Plugin({
    props: {
      handlePaste: (view, event) => refuse(view, event, event.clipboardData),
      handleDrop: (view, event) => refuse(view, event, event.dataTransfer),
      clipboardTextSerializer: (slice) =>
        slice.content.textBetween(0, slice.content.size, "\n\n", (node) => (node.type.name === "note" ? ` [${String(node.attrs.text)}]` : "\n")),
    },
  });
}
