/** What one request's log event counts. */
export interface RequestLog {
  actions?: number;
  accepted?: number;
  refused?: number;
  /** Objects called. */
  keys?: number;
  /** Which check its credentials failed. */
  auth?: string;
  error?: string;
}
