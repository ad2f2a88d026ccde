/**
 * Every word the island shows comes from the page (`<script type="application/json" id="editor-words">`), written by
 * `templates/pages/drafting/_editor_words.html`. Placeholders are `{name}`.
 */

export const WORD_KEYS = [
  "editor_label", "toolbar", "placeholder",
  "heading", "subheading", "bold", "italic", "bullets", "numbers", "link", "table", "note", "undo", "redo", "comment", "shortcut", "key_shift",
  "row_above", "row_below", "column_before", "column_after", "row_remove", "column_remove", "table_remove",
  "note_title", "note_text", "note_hint", "note_empty", "note_apply", "note_remove", "note_label", "notes",
  "pasted_images", "bye_outdated",
  "link_title", "link_address", "link_hint", "link_invalid", "link_apply", "link_remove", "cancel",
  "connecting", "connected", "saving", "saved_at", "offline", "offline_owed", "offline_open", "frozen", "read_only",
  "denied", "bye_revoked", "bye_restart", "bye_overloaded", "bye_invalid",
  "refused_frozen", "refused_locked", "locked_note", "round_opened", "unlocked", "round_over", "refused_read_only", "refused_invalid", "refused_too_big", "refused_unknown_article", "refused_overloaded",
  "reset", "homeless", "homeless_late", "unsent_gone", "your_words", "close",
  "workshop_away", "search", "search_what", "search_more", "search_by", "search_case", "search_accents", "search_previous", "search_next", "replace_one",
  "replace_all", "search_none", "search_one", "search_many", "search_at", "replaced", "replaced_left", "replace_locked",
  "shortcuts", "line_break", "indent", "outdent", "cut_here", "define", "to_toolbar",
  "article_number", "article_added", "article_removed", "articles_moved",
  "people_alone", "people_one", "people_many", "me", "person_here", "person_in", "person_writing", "writing",
] as const;

export type WordKey = (typeof WORD_KEYS)[number];
export type Words = (key: WordKey, values?: Record<string, string | number>) => string;

export function wordsFrom(dictionary: Record<string, unknown>): Words {
  return (key, values = {}) => {
    const text = dictionary[key];
    if (typeof text !== "string") return key;
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  };
}

export function readWords(): Words {
  const source = document.getElementById("editor-words")?.textContent ?? "{}";
  return wordsFrom(JSON.parse(source) as Record<string, unknown>);
}
