// The provider and hooks of turns, made once of the React that the app has; the other hooks ask them for the client.
import * as React from "react";
import { createReactTracing } from "../react-tracing.ts";

export const tracing = /* @__PURE__ */ createReactTracing<React.ReactElement, React.ReactNode>(
  React,
);
