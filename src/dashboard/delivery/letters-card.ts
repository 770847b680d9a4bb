// Dead letters: records that Langfuse refused for good, to be looked at and sent once more. Sending needs more than
// a read token: whoever has none is told the command.
import type { DeliveryBody } from "../../protocol/figures/figures-body.ts";
import { ApiError } from "../access/api.ts";
import { command } from "../access/command.ts";
import { button, commandLines, el, fact } from "../dom/el.ts";
import { cut, visible } from "../format/cut.ts";
import { count, counted } from "../format/number.ts";
import { ago } from "../format/time.ts";
import { card } from "../shell/states.ts";
import type { ViewContext } from "../shell/view.ts";
import { type Letter, type Letters, REPLAY_PATH } from "./letters.ts";

const letterCommand = (words: string): string => command(`dead-letters ${words}`);
const isAbout =
  "Records that Langfuse refused for good. They are kept, and can be sent once more when the cause is mended.";

export function lettersCard(
  { total, byReason }: DeliveryBody["deadLetters"],
  letters: Letters | undefined,
  context: ViewContext,
): HTMLElement {
  if (total === 0) {
    return card("Dead letters", isAbout, el("p", "soft", "There are none."));
  }
  const reasons = Object.entries(byReason).map(([reason, n]) =>
    fact(reason.replaceAll("_", " "), count(n)),
  );
  const answer = el("p", "soft");
  answer.setAttribute("role", "status");
  const replay = (selection: object, words: string): void => {
    void replayed(context, selection, words).then((text) => {
      answer.textContent = text;
    });
  };
  const all = button("Replay all", () => replay({ all: true }, "replay --all"));
  all.id = "replay-all";
  const items = letters?.letters.map((letter) => letterItem(letter, context.now(), replay)) ?? [
    el("p", "soft", "To see and replay them, with the project's keys in the environment:"),
    commandLines(["list", "show <id>", "replay --all"].map(letterCommand).join("\n")),
  ];
  const more = letters === undefined ? 0 : letters.total - letters.letters.length;
  return card(
    "Dead letters",
    isAbout,
    el(
      "div",
      "head",
      el("p", "facts", el("b", "", counted(total, "record")), ...reasons),
      letters === undefined ? undefined : all,
    ),
    answer,
    ...items,
    more > 0
      ? el("p", "soft", `and ${count(more)} more: ${letterCommand("list --all")}`)
      : undefined,
  );
}

function letterItem(
  { id, kind, reason, message, since, deaths, name, traceId, record, contentHidden }: Letter,
  now: number,
  replay: (selection: object, words: string) => void,
): HTMLElement {
  const times = deaths > 1 ? `, refused ${count(deaths)} times` : "";
  const again = button("Replay", () => replay({ ids: [id] }, `replay ${id}`));
  again.id = `replay-${id.replaceAll(/[^\w.-]/g, "")}`;
  const details = el(
    "details",
    "error-item",
    el(
      "summary",
      "",
      el("b", "", cut(visible(name ?? kind), 80)),
      ` ${reason.replaceAll("_", " ")}${times}, ${ago(Date.parse(since), now)}`,
    ),
    el("p", "", message),
    el("pre", "", JSON.stringify(record, null, 2)),
    contentHidden === true
      ? el(
          "p",
          "soft",
          `Without what users and models said, and Langfuse's words, which may quote it: ${letterCommand(`show ${id}`)} has both.`,
        )
      : undefined,
    el("p", "facts", fact("trace", traceId), fact("id", id)),
    again,
  );
  details.id = `letter-${id.replaceAll(/[^\w.-]/g, "")}`;
  return details;
}

async function replayed({ api }: ViewContext, selection: object, words: string): Promise<string> {
  try {
    const { replayed: n = 0, left = 0 } = await api.post<{ replayed?: number; left?: number }>(
      REPLAY_PATH,
      selection,
    );
    const rest = left > 0 ? ` ${count(left)} are left: replay again.` : "";
    return `${counted(n, "record")} on the way to Langfuse once more.${rest}`;
  } catch (error) {
    if (error instanceof ApiError && (error.status === 403 || error.status === 401)) {
      return `To replay needs the project's keys. With them in the environment: ${letterCommand(words)}`;
    }
    return error instanceof ApiError
      ? `${error.problem.title}. ${error.problem.advice}`
      : "That did not work.";
  }
}
