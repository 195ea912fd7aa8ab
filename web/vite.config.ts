import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The application that answers `/api` while the pages are worked on. */
const application = process.env["PINAKES_APPLICATION"] ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "../src/pinakes/services/pages/built",
    emptyOutDir: true,
    // Nothing is inlined: the pages' policy allows no source but the server itself.
    assetsInlineLimit: 0,
    target: "es2023",
    // These know light-dark(); for others it would be written so that a part of a page cannot be dark by itself.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
  },
  server: { host: "127.0.0.1", proxy: { "/api": application } },
});
