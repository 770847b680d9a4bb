/** Fields of one request's log event, beside its method, status and time. */
export interface RequestLog {
  actions?: number;
  accepted?: number;
  refused?: number;
  /** Of a legacy batch: its events, those of which nothing is kept, and those of which something was left out. */
  events?: number;
  ignored?: number;
  noted?: number;
  sdk?: string;
  version?: string;
  /** Objects called. */
  keys?: number;
  /** Which check the credentials failed. */
  auth?: string;
  error?: string;
}
