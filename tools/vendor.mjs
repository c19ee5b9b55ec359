// Copies the front-end packages of package-lock.json into static/vendor, with licences and SHA-256 sums; of the chart
// library it builds just what is used, for the oldest browser that is served.
// Run by `make vendor` after `npm ci`; the result is committed, so that nobody needs npm to run the program.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { buildSync } from "esbuild";

const OUT = "static/vendor";
const ICONS = [
  "speedometer2", "table", "upload", "calendar3", "gear", "people", "clock-history", "check-circle", "exclamation-circle",
  "hourglass-split", "x-circle", "circle", "circle-half", "record-circle", "chevron-right", "chevron-down", "search",
  "person-circle", "box-arrow-right", "translate", "file-earmark-text", "flag", "arrow-repeat", "plus-lg", "pencil",
  "download", "funnel", "bell", "shield-check", "house", "list-check", "info-circle", "three-dots", "arrow-right",
  "display", "question-circle",
];
const FILES = [
  ["bootstrap", "dist/css/bootstrap.min.css", "bootstrap.min.css"],
  ["htmx.org", "dist/htmx.min.js", "htmx.min.js"],
];
const BUNDLES = [["chart.js", "tools/charts.mjs", "chart.min.js"]];
const LICENCES = [
  ["bootstrap", "LICENSE"], ["bootstrap-icons", "LICENSE"], ["chart.js", "LICENSE.md"], ["htmx.org", "LICENSE"],
  ["@kurkle/color", "LICENSE.md"],
];

const packageFile = (name, file) => `node_modules/${name}/${file}`;
const version = (name) => JSON.parse(readFileSync(packageFile(name, "package.json"), "utf8")).version;
const withoutSourceMap = (text) => text.replace(/\n?\/[/*][#@] sourceMappingURL=[^\n]*\n?/g, "\n");

rmSync(OUT, { recursive: true, force: true });
mkdirSync(`${OUT}/licences`, { recursive: true });
const made = [];
const write = (name, text, source) => {
  writeFileSync(`${OUT}/${name}`, text);
  made.push({ name, source, sha256: createHash("sha256").update(text).digest("hex") });
};

for (const [name, from, to] of FILES) {
  write(to, withoutSourceMap(readFileSync(packageFile(name, from), "utf8")), `${name} ${version(name)}`);
}
for (const [name, entry, to] of BUNDLES) {
  const [built] = buildSync({
    entryPoints: [entry], bundle: true, minify: true, format: "iife", target: "chrome86", legalComments: "eof", write: false,
  }).outputFiles;
  write(to, withoutSourceMap(built.text), `${name} ${version(name)}, of it what ${entry} names`);
}
const symbols = ICONS.map((icon) => {
  const svg = readFileSync(packageFile("bootstrap-icons", `icons/${icon}.svg`), "utf8");
  return `<symbol id="${icon}" viewBox="0 0 16 16">${svg.replace(/^<svg[^>]*>|<\/svg>\s*$/g, "").trim()}</symbol>`;
});
const sprite = `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
write("icons.svg", sprite, `bootstrap-icons ${version("bootstrap-icons")}`);
for (const [name, file] of LICENCES) {
  write(`licences/${name.split("/").pop()}.txt`, readFileSync(packageFile(name, file), "utf8"), `${name} ${version(name)}`);
}
writeFileSync(`${OUT}/SHA256SUMS`, made.map((file) => `${file.sha256}  ${file.name}\n`).join(""));
const rows = made.map((file) => `| ${file.name} | ${file.source} |\n`).join("");
writeFileSync(`${OUT}/README.md`, `# Vendored front-end files\n\nMade by \`make vendor\`; sums in SHA256SUMS, licences (all MIT or BSD-0) beside.\n\n| file | package |\n|---|---|\n${rows}`);
