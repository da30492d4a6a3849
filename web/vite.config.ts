import { readFileSync } from "node:fs";
import { defineConfig, type Plugin } from "vite";

/** The licence of the font in the pages, which must go with it. Vite's own list has the libraries alone. */
const fontLicence: Plugin = {
  name: "font-licence",
  apply: (config) => !config.build?.ssr,
  generateBundle() {
    const source = readFileSync("node_modules/@fontsource-variable/noto-sans-jp/LICENSE", "utf-8");
    this.emitFile({ type: "asset", fileName: "licence-of-font.txt", source });
  },
};

/** The pages become static files inside the Python package, so that an installed wheel needs no Node. */
export default defineConfig({
  base: "/",
  plugins: [fontLicence],
  build: {
    outDir: "../signaling/static",
    emptyOutDir: true,
    // The security policy allows no font inside a style.
    assetsInlineLimit: (file) => (file.endsWith(".woff2") ? false : undefined),
    manifest: "manifest.json", // which files a page loads, for the test that limits their size
    license: { fileName: "licenses.md" }, // of the bundled libraries, which ask for it
    rolldownOptions: { input: ["index.html", "screen.html"] },
    target: "es2022",
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
});
