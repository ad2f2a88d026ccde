/** Addresses a text may point to: the web and mail, nothing that a browser would run. */

const ALLOWED = new Set(["http:", "https:", "mailto:"]);

/** The address itself when its scheme is allowed, else null. */
export function safeHref(text: string): string | null {
  try {
    const href = text.trim();
    return ALLOWED.has(new URL(href).protocol) ? href : null;
  } catch {
    return null;
  }
}

/** What somebody typed, completed as people expect: `exemple.fr` is a site, `a@exemple.fr` a mail address. */
export function completeHref(typed: string): string | null {
  const text = typed.trim();
  if (text === "" || /\s/.test(text)) return null;
  if (/^[a-z][a-z0-9+.-]*:/i.test(text) && !/^[^/:@]+\.[^/:@]+:\d/.test(text)) return safeHref(text);
  if (/^[^@/\s]+@[^@/\s]+\.[^@/\s]+$/.test(text)) return `mailto:${text}`;
  return /^[^/\s]+\.[^/\s]{2,}/.test(text) ? safeHref(`https://${text}`) : null;
}
