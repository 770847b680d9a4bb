import { useEffect } from "react";
import { type ErrorTracking, trackErrors } from "../errors.ts";
import { tracing } from "./tracing.ts";

/** `trackErrors` while the component is there, for the provider's client. */
export function useErrorTracking({
  between,
  resources,
  ignore,
}: Omit<ErrorTracking, "client"> = {}): void {
  const getClient = tracing.useTracing();
  useEffect(
    () =>
      trackErrors({
        client: getClient(),
        ...(between !== undefined && { between }),
        ...(resources !== undefined && { resources }),
        ...(ignore !== undefined && { ignore }),
      }),
    // A filter is mostly written in place: another one at each rendering is no reason to begin anew.
    [getClient, between, resources],
  );
}
