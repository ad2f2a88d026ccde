// Builds charter/static/build/: styles, scripts, images and fonts under content-hashed names, and manifest.json {logical: hashed}.
// A second run with nothing changed skips the fonts, the only slow part.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const out = join(root, "charter/static/build");
const fontsDir = join(out, "fonts");
const modules = join(root, "node_modules");

const hash = (data) => createHash("sha256").update(data).digest("hex").slice(0, 10);
const python = () => process.env.PYTHON ?? (existsSync(join(root, ".venv/bin/python")) ? join(root, ".venv/bin/python") : "python3");

function fonts() {
  const script = join(root, "scripts/build_fonts.py");
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const versions = ["source-sans-3", "source-serif-4"].map((family) => lock.packages[`node_modules/@expo-google-fonts/${family}`].integrity);
  const key = hash(readFileSync(script, "utf8") + versions.join());
  const stamp = join(fontsDir, "stamp");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== key) {
    execFileSync(python(), [script, modules, fontsDir], { stdio: "inherit" });
    writeFileSync(stamp, key);
  }
  return JSON.parse(readFileSync(join(fontsDir, "fonts.json"), "utf8"));
}

// url(fonts/x.woff2) in the styles becomes the hashed file, left where it is.
const fontUrls = (names) => ({
  name: "font-urls",
  setup(run) {
    run.onResolve({ filter: /^fonts\/.*\.woff2$/ }, ({ path }) => {
      const hashed = names[path.slice("fonts/".length)];
      return hashed ? { path: `./fonts/${hashed}`, external: true } : { errors: [{ text: `unknown font ${path}` }] };
    });
  },
});

function entries() {
  const list = [join(root, "assets/css/main.css"), join(root, "assets/app.ts")];
  for (const island of ["editor", "drafting", "amendment", "passkeys", "ceremony"]) list.push({ in: join(root, `assets/${island}/main.ts`), out: island });
  return list.map((entry) => (typeof entry === "string" ? { in: entry, out: entry.match(/(\w+)\.\w+$/)[1] } : entry));
}

async function bundle(names) {
  const result = await build({
    entryPoints: entries(),
    outdir: out,
    absWorkingDir: root,
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: ["es2022", "chrome110", "firefox115", "safari16.4"],
    entryNames: "[name]",
    legalComments: "none",
    logLevel: "warning",
    plugins: [fontUrls(names)],
  });
  return result.outputFiles.map((file) => [relative(out, file.path), file.contents]);
}

const images = () => readdirSync(join(root, "assets/img")).map((name) => [name, readFileSync(join(root, "assets/img", name))]);

function write(files, names) {
  const manifest = {};
  for (const [name, data] of files) {
    const hashed = name.replace(/(\.\w+)$/, `.${hash(data)}$1`);
    manifest[name] = hashed;
    if (!existsSync(join(out, hashed))) writeFileSync(join(out, hashed), data);
  }
  for (const [name, hashed] of Object.entries(names)) manifest[`fonts/${name}`] = `fonts/${hashed}`;
  const kept = new Set([...Object.values(manifest), "manifest.json", "fonts"]);
  // Pages already open keep their files for an hour.
  const old = (name) => Date.now() - statSync(join(out, name)).mtimeMs > 3_600_000;
  for (const name of readdirSync(out)) if (!kept.has(name) && old(name)) rmSync(join(out, name), { recursive: true });
  writeFileSync(join(out, "manifest.json.part"), JSON.stringify(manifest, null, 1) + "\n");
  renameSync(join(out, "manifest.json.part"), join(out, "manifest.json"));
}

mkdirSync(fontsDir, { recursive: true });
const names = fonts();
write([...(await bundle(names)), ...images()], names);
