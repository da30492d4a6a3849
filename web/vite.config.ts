import { defineConfig } from "vite";

/** The pages become static files inside the Python package, so that an installed wheel needs no Node. */
export default defineConfig({
  base: "/",
  build: {
    outDir: "../signaling/static",
    emptyOutDir: true,
    manifest: "manifest.json", // which files a page loads, for the test that limits their size
    license: { fileName: "licenses.md" }, // of the bundled libraries, which ask for it
    rolldownOptions: { input: ["index.html", "screen.html"] },
    target: "es2022",
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
});
