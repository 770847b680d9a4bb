// An error of rendering, told with the components around it, in the trace of the turn that goes on or of the page.
import { Component, createElement, type ErrorInfo, type ReactElement, type ReactNode } from "react";
import { errorReportsOf } from "../errors/error-reports.ts";
import type { GetClient } from "../react-tracing.ts";
import { tracing } from "./tracing.ts";

export interface TracingErrorBoundaryProps {
  children?: ReactNode;
  /** Shown in place of the children; a function gets the error, and `reset` renders the children again. Default nothing. */
  fallback?: ReactNode | ((error: unknown, reset: () => void) => ReactNode);
  onError?: (error: unknown, info: { componentStack?: string | null | undefined }) => void;
}

interface State {
  error?: { thrown: unknown } | undefined;
}

class Boundary extends Component<TracingErrorBoundaryProps & { getClient: GetClient }, State> {
  override state: State = {};
  // React looks for it on the class.
  static getDerivedStateFromError(thrown: unknown): State {
    return { error: { thrown } };
  }
  override componentDidCatch(thrown: unknown, info: ErrorInfo): void {
    const { getClient, onError } = this.props;
    const componentStack = info.componentStack ?? undefined;
    const how = { mechanism: "react", handled: true, always: true, componentStack } as const;
    errorReportsOf(getClient()).report(thrown, how);
    onError?.(thrown, info);
  }
  override render(): ReactNode {
    const { children, fallback } = this.props;
    const { error } = this.state;
    if (!error) return children;
    if (typeof fallback !== "function") return fallback ?? null;
    return fallback(error.thrown, () => this.setState({ error: undefined }));
  }
}

/**
 * Catches what its children throw while rendering, tells it, and shows the fallback. The client is that of
 * the `TracingProvider` above it.
 */
export function TracingErrorBoundary(props: TracingErrorBoundaryProps): ReactElement {
  const getClient = tracing.useTracing();
  return createElement(Boundary, { ...props, getClient });
}
