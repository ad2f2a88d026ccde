/**
 * The co-drafting editor: static HTML contract.
 *
 * The page is readable without this script. `templates/pages/drafting/_editor.html` writes it all:
 *
 *   <div data-editor data-live-url="/live/TEXT" data-token-url="/…/live-token" data-text-lang="fr"
 *        data-person="7" data-section-url="/…/articles/REF/section" data-written="yes">
 *     <p data-editor-status></p>              connection and saving, in words (made when absent, as the next ones)
 *     <div data-editor-people></div>          who is here
 *     <div data-editor-toolbar hidden></div>  filled and shown by the script
 *     <div data-editor-notices></div>         refusals
 *     <div data-editor-voice></div>           polite live region
 *     <nav><details data-editor-outline open>… <a href="#article-REF" data-outline="REF"><span data-outline-title="REF">…
 *     <section id="article-REF">              one an article; another is asked of data-section-url when the text gains one
 *       <h2>Article 3 : <span data-article-title="REF">…</span></h2>
 *       <div data-article="REF">the article as HTML</div>
 *     </section>
 *   </div>
 *   <script type="application/json" id="editor-words">{…}</script>   see _editor_words.html
 *
 * `data-token-url` answers GET with `{"token": "…"}`; 401, 403, 404, 410 or a redirection mean that this person may not
 * come in any more, 409 that this script (`?schema=`) is not the server's and that the page must be loaded again.
 *
 * Events on <body>, out: `charte:article-changed` {ref}, `charte:articles-changed`, `charte:comment` {ref, quote, anchor},
 * `charte:comment-open` {ref, id}; `charte:refresh` on every `[data-article-panel="REF"]`.
 * In: `charte:comment-saved` {ref, id, anchor?}, `charte:comment-removed` {ref, id}, `charte:comment-show` {ref, id}.
 */
import { slot } from "./dom.ts";
import { keepOf } from "./keep.ts";
import { Notices } from "./notices.ts";
import { outline } from "./outline.ts";
import { Session } from "./session.ts";
import { unsent } from "./unsent.ts";
import { readWords } from "./words.ts";

const root = document.querySelector<HTMLElement>("[data-editor]");
if (root) {
  const words = readWords();
  outline(root);
  if (root.dataset.written !== "no") new Session(root, words).start();
  else void unsent(keepOf(root), new Set(), new Notices(slot(root, "notices"), words), words);
}
