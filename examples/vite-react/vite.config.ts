import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const { EDGE_URL = "http://127.0.0.1:8787", BACKEND_URL = "http://127.0.0.1:3001" } = process.env;

export default defineConfig({
  plugins: [react()],
  // In front of both servers the page has one origin, as it should have when it is deployed.
  server: {
    host: "127.0.0.1",
    proxy: { "/api/langfuse": EDGE_URL, "/api/chat": BACKEND_URL },
  },
});
