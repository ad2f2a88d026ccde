/**
 * What an article may contain. The server checks the same list; whatever is pasted is parsed through it, so foreign
 * styles, tables, images and scripts fall away while their text stays.
 */
import { Schema, type DOMOutputSpec, type MarkSpec, type NodeSpec } from "prosemirror-model";
import { safeHref } from "./links.ts";

const HEADINGS = [3, 4];

/** The first number of a list that does not start at one. */
function startOf(list: HTMLElement): number | null {
  const start = Number.parseInt(list.getAttribute("start") ?? "", 10);
  return start > 1 && start < 1_000_000 ? start : null;
}

const styleOf = (node: HTMLElement): string => node.getAttribute("data-style") ?? "";

/**
 * The content security policy refuses `style` and handlers wherever markup is read, even in an inert document, and reports them:
 * what is pasted keeps them under other names, where only the parse rules look.
 */
export function inertMarkup(html: string): string {
  const rename = (tag: string): string => tag.replace(/\s(style|on\w+)(\s*=)/gi, " data-$1$2");
  return html.replace(/<style[\s>][\s\S]*?<\/style>/gi, "").replace(/<[a-z][^>]*>/gi, rename);
}

const nodes: Record<string, NodeSpec> = {
  doc: { content: "block+" },
  paragraph: { group: "block", content: "inline*", parseDOM: [{ tag: "p" }], toDOM: (): DOMOutputSpec => ["p", 0] },
  heading: {
    group: "block",
    content: "inline*",
    attrs: { level: { default: 3 } },
    defining: true,
    // An article's own title is outside its text: whatever rank a pasted heading had, it becomes one of the two kept.
    parseDOM: [
      { tag: "h1", attrs: { level: 3 } },
      { tag: "h2", attrs: { level: 3 } },
      { tag: "h3", attrs: { level: 3 } },
      { tag: "h4", attrs: { level: 4 } },
      { tag: "h5", attrs: { level: 4 } },
      { tag: "h6", attrs: { level: 4 } },
    ],
    toDOM: (node): DOMOutputSpec => [`h${HEADINGS.includes(Number(node.attrs.level)) ? Number(node.attrs.level) : 3}`, 0],
  },
  bullet_list: { group: "block list", content: "list_item+", parseDOM: [{ tag: "ul" }], toDOM: (): DOMOutputSpec => ["ul", 0] },
  ordered_list: {
    group: "block list",
    content: "list_item+",
    attrs: { order: { default: null } },
    parseDOM: [{ tag: "ol", getAttrs: (node) => ({ order: startOf(node) }) }],
    toDOM: (node): DOMOutputSpec => (typeof node.attrs.order === "number" ? ["ol", { start: String(node.attrs.order) }, 0] : ["ol", 0]),
  },
  list_item: {
    content: "paragraph (paragraph | list)*",
    defining: true,
    parseDOM: [{ tag: "li" }],
    toDOM: (): DOMOutputSpec => ["li", 0],
  },
  text: { group: "inline" },
  hard_break: {
    group: "inline",
    inline: true,
    selectable: false,
    parseDOM: [{ tag: "br" }],
    toDOM: (): DOMOutputSpec => ["br"],
    leafText: () => "\n",
  },
};

const marks: Record<string, MarkSpec> = {
  strong: {
    parseDOM: [
      { tag: "strong" },
      // Google Docs wraps whole pastes in a <b> of normal weight.
      { tag: "b", getAttrs: (node) => (/font-weight:\s*(?:normal|400)/.test(styleOf(node)) ? false : null) },
      { tag: "span", consuming: false, getAttrs: (node) => (/font-weight:\s*(?:bold|[6-9]00)/.test(styleOf(node)) ? null : false) },
    ],
    toDOM: (): DOMOutputSpec => ["strong", 0],
  },
  em: {
    parseDOM: [
      { tag: "i" },
      { tag: "em" },
      { tag: "span", consuming: false, getAttrs: (node) => (/font-style:\s*italic/.test(styleOf(node)) ? null : false) },
    ],
    toDOM: (): DOMOutputSpec => ["em", 0],
  },
  link: {
    attrs: { href: {} },
    inclusive: false,
    parseDOM: [
      {
        tag: "a[href]",
        getAttrs: (node) => {
          const href = safeHref(node.getAttribute("href") ?? "");
          return href ? { href } : false;
        },
      },
    ],
    toDOM: (mark): DOMOutputSpec => ["a", { href: safeHref(String(mark.attrs.href)) ?? "#", rel: "noopener noreferrer" }, 0],
  },
  comment: {
    attrs: { id: {} },
    inclusive: false,
    // Two comments may cover the same words.
    excludes: "",
    // No parse rule: a copied passage leaves its comments where they were.
    toDOM: (mark): DOMOutputSpec => ["span", { class: "comment-mark", "data-comment": String(mark.attrs.id) }, 0],
  },
};

export const schema = new Schema({ nodes, marks });
