import type { NextConfig } from "next";

// Read when the app is built.
const { EDGE_URL = "http://127.0.0.1:8787" } = process.env;

const config: NextConfig = {
  // The page goes on calling its own origin; what answers is the edge.
  rewrites: async () => [
    { source: "/api/langfuse/trace", destination: `${EDGE_URL}/api/langfuse/trace` },
  ],
};

export default config;
