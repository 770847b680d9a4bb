import { TracingProvider } from "langfuse-edge/react";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Chat } from "./chat.tsx";

const app = document.querySelector("#app");
if (app === null) throw new Error("the page has no #app");

createRoot(app).render(
  <StrictMode>
    <TracingProvider>
      <Chat />
    </TracingProvider>
  </StrictMode>,
);
