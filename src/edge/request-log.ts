/** Fields of one request's log event, beside its method, status and time. */
export interface RequestLog {
  actions?: number;
  accepted?: number;
  refused?: number;
  /** Objects called. */
  keys?: number;
  /** Which check the credentials failed. */
  auth?: string;
  error?: string;
}
