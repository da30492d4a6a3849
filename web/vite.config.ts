import { defineConfig } from "vite";

/** The pages become static files inside the Python package, so that an installed wheel needs no Node. */
export default defineConfig({
  base: "/",
  build: {
    outDir: "../signaling/static",
    emptyOutDir: true,
    target: "es2022",
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
});
