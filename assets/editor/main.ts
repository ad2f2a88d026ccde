/**
 * The co-drafting editor: static HTML contract.
 *
 * The page is readable without this script. `templates/pages/drafting/_editor.html` writes it all:
 *
 *   <div data-editor data-live-url="/live/TEXT" data-token-url="/…/live-token" data-text-lang="fr">
 *     <p data-editor-status></p>              connection and saving, in words (made when absent, as the next ones)
 *     <div data-editor-people></div>          who is here
 *     <div data-editor-toolbar hidden></div>  filled and shown by the script
 *     <div data-editor-notices></div>         refusals
 *     <div data-editor-voice></div>           polite live region
 *     <nav><details data-editor-outline open>… <a href="#article-REF" data-outline="REF"><span data-outline-title="REF">…
 *     <section id="article-REF">
 *       <h2>Article 3 : <span data-article-title="REF">…</span></h2>
 *       <div data-article="REF">the article as HTML</div>
 *     </section>
 *   </div>
 *   <script type="application/json" id="editor-words">{…}</script>   see _editor_words.html
 *
 * `data-token-url` answers GET with `{"token": "…"}`; 401, 403, 404, 410 or a redirection mean that this person may not
 * come in any more.
 *
 * Events on <body>, out: `charte:article-changed` {ref}, `charte:articles-changed`, `charte:comment` {ref, quote, anchor},
 * `charte:comment-open` {ref, id}; `charte:refresh` on every `[data-article-panel="REF"]`.
 * In: `charte:comment-saved` {ref, id, anchor?}, `charte:comment-removed` {ref, id}, `charte:comment-show` {ref, id}.
 */
import { outline } from "./outline.ts";
import { Session } from "./session.ts";
import { readWords } from "./words.ts";

const root = document.querySelector<HTMLElement>("[data-editor]");
if (root) {
  outline(root);
  new Session(root, readWords()).start();
}
