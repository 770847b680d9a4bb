// A view of figures: it asks when it is opened and then every few seconds while somebody sees it, and draws what
// has changed. One question at a time; a late answer of an earlier one is nobody's.
import { ApiError } from "../access/api.ts";
import { OTHER_VERSION } from "../access/problem.ts";
import { el } from "../dom/el.ts";
import type { Field } from "./field.ts";
import { filters } from "./filters.ts";
import { replaceKeepingPlace } from "./keep-place.ts";
import type { View, ViewContext } from "./view.ts";

export interface FiguresView<T> {
  fields: (context: ViewContext) => readonly Field[];
  load: (context: ViewContext) => Promise<T>;
  /** `signal`: when what is drawn goes. */
  draw: (data: T, context: ViewContext, signal: AbortSignal) => readonly Node[];
  /** Fields that are known only by an answer: what there is to choose from. */
  fieldsOf?: (data: T, context: ViewContext) => readonly Field[];
}

const AGAIN_MS = 10_000;

/** Instead of "loading", which it is not. */
function waitOrNot(content: HTMLElement, isPassing: boolean): void {
  content.removeAttribute("aria-busy");
  content.replaceChildren(el("p", "soft", isPassing ? "Asking again…" : "No figures to show."));
}

/** The moment of an answer is no change of it. */
const withoutNow = (key: string, value: unknown): unknown => (key === "at" ? undefined : value);

export function figuresView<T>(parts: FiguresView<T>): View {
  return (context) => {
    const { signal, tellProblem, lamp } = context;
    const bar = el("div", "");
    const content = el("div", "stack");
    content.setAttribute("aria-busy", "true");
    content.append(el("p", "soft", "Loading…"));
    let drawn: AbortController | undefined;
    let shown = "";
    let bars = "";
    let timer: ReturnType<typeof setTimeout> | undefined;
    let asked = 0;

    const showFields = (fields: readonly Field[]): void => {
      const looks = JSON.stringify(fields);
      if (looks === bars) return;
      bars = looks;
      replaceKeepingPlace(bar, filters(fields, context.choices, context.choose));
    };
    const draw = (data: T): void => {
      showFields([...parts.fields(context), ...(parts.fieldsOf?.(data, context) ?? [])]);
      const looks = JSON.stringify(data, withoutNow);
      if (looks === shown) return;
      const next = new AbortController();
      const nodes = parts.draw(data, context, next.signal);
      drawn?.abort();
      drawn = next;
      replaceKeepingPlace(content, ...nodes);
      content.removeAttribute("aria-busy");
      shown = looks;
    };
    const look = async (): Promise<void> => {
      clearTimeout(timer);
      asked += 1;
      const mine = asked;
      const isLate = (): boolean => signal.aborted || mine !== asked;
      try {
        const data = await parts.load(context);
        if (isLate()) return;
        draw(data);
        tellProblem(undefined);
        lamp("good", "up to date");
      } catch (error) {
        if (isLate()) return;
        const isKnown = error instanceof ApiError;
        // An edge of another version tells what this page can't draw.
        if (!isKnown) reportError(error);
        const problem = isKnown ? error.problem : OTHER_VERSION;
        tellProblem(problem);
        lamp("bad", isKnown ? "no answer" : "not understood");
        // What is wrong, and what to do, stands above; what was drawn before stays.
        if (shown === "") waitOrNot(content, problem.passing);
        if (!problem.passing) return;
      }
      if (!document.hidden) timer = setTimeout(() => void look(), AGAIN_MS);
    };
    document.addEventListener(
      "visibilitychange",
      () => {
        clearTimeout(timer);
        if (!document.hidden) void look();
      },
      { signal },
    );
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      drawn?.abort();
    });
    showFields(parts.fields(context));
    void look();
    return el("div", "stack", bar, content);
  };
}
