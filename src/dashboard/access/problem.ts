// What went wrong with a question to the edge, in words that say what to do. Pure.

export interface Problem {
  title: string;
  /** What to do. */
  advice: string;
  /** The reader has to sign in (again). */
  signIn: boolean;
  /** Asking again may help by itself. */
  passing: boolean;
}

/** The edge's refusal: its status and code, and its own words. Status 0: no answer at all. */
export interface Refusal {
  status: number;
  code: string;
  message: string;
}

const LINK = "Run `npx langfuse-edge dashboard` for a new link";

/** An answer that can't be drawn. */
export const OTHER_VERSION: Problem = {
  title: "This page does not understand the edge's answer",
  advice:
    "The edge was deployed in another version since the page was opened: reload it. What is shown is from before.",
  signIn: false,
  passing: true,
};

/** `hadToken`: the page sent one. */
export function problemOf({ status, code, message }: Refusal, hadToken: boolean): Problem {
  const lasting = (title: string, advice: string, signIn = false): Problem => ({
    title,
    advice,
    signIn,
    passing: false,
  });
  const passing = (title: string, advice: string): Problem => ({
    title,
    advice,
    signIn: false,
    passing: true,
  });
  if (status === 0) {
    return passing(
      "The edge does not answer",
      "Check your connection, and that the Worker is deployed (npx langfuse-edge health). This page asks again by itself.",
    );
  }
  if (code === "token_expired") {
    return lasting("Your sign-in has expired", `${LINK}, or paste a new token here.`, true);
  }
  if (status === 401 && !hadToken) {
    return lasting("Sign in to see this project", `${LINK}, or paste a read token here.`, true);
  }
  if (status === 401) {
    return lasting(
      "This token is not valid here",
      `It was made by another edge, or its secret was replaced. ${LINK}, or paste another token here.`,
      true,
    );
  }
  if (status === 403) {
    return lasting(
      "This token may not see this",
      `${message}. ${LINK}: it has the right one.`,
      true,
    );
  }
  if (status === 404) {
    return lasting(
      "This edge does not have these figures",
      "It is of another version than this page. Deploy it again (npm run deploy), then reload.",
    );
  }
  if (code === "not_configured" || code === "auth_not_configured") {
    return lasting(
      "This edge has no project yet",
      `${message}. Set LANGFUSE_PUBLIC_KEY, LANGFUSE_SECRET_KEY and LANGFUSE_BASE_URL, and for sign-in AUTH_TOKEN_SECRET.`,
    );
  }
  if (status === 400)
    return lasting("The edge did not understand this page", `${message}. Reload it.`);
  if (status === 429) {
    return passing("Asked too often", "This page waits a moment and asks again by itself.");
  }
  return passing(
    "The figures can't be had just now",
    `The edge says: ${message || `HTTP ${status}`}. This page asks again by itself; the chat and its traces are not concerned.`,
  );
}

/** The refusal that an answer's body tells; whatever stands in front of the edge may tell anything. */
export function refusalOf(status: number, body: string): Refusal {
  try {
    const { error } = JSON.parse(body) as { error?: { code?: unknown; message?: unknown } };
    const text = (value: unknown): string => (typeof value === "string" ? value : "");
    return { status, code: text(error?.code), message: text(error?.message) };
  } catch {
    return { status, code: "", message: "" };
  }
}
