// Sessions one by one: those that waited longest, and the latest, each with the way to its latest trace. A session is
// a hash here, since sums name nobody; Langfuse has its name.
import type { SessionBody, SessionsBody } from "../../protocol/figures/body/sessions.ts";
import { el, link } from "../dom/el.ts";
import { type Column, table } from "../dom/table.ts";
import { valueTitle } from "../figures/query.ts";
import { cut, visible } from "../format/cut.ts";
import { count, dollars } from "../format/number.ts";
import { clock, duration } from "../format/time.ts";
import { traceUrl } from "../langfuse-link.ts";
import { card } from "../shell/states.ts";

const MAX_NAME_LENGTH = 60;
const HASH_LENGTH = 8;
const SHOWN = 10;

/** `langfuse`: its address, where it is known. */
export function sessionCard(
  { count: all, slowest, latest, complete }: SessionsBody,
  langfuse: string | undefined,
  now: number,
): HTMLElement | undefined {
  if (latest.length === 0) return undefined;
  const rows = (title: string, sessions: readonly SessionBody[]): HTMLElement[] =>
    sessions.length === 0
      ? []
      : [
          el("h3", "", title),
          table(`Sessions, ${title}`, columns(langfuse, now), sessions.slice(0, SHOWN)),
        ];
  const some = complete
    ? ""
    : " There were more than there is room for: sums of these may lack turns of theirs.";
  const node = card(
    "Sessions",
    `${count(all)} in this time, whatever the filters. A session has the attributes of its latest turn.${some}`,
    ...rows("slowest first token", slowest),
    ...rows("latest", latest),
  );
  node.classList.add("wide");
  node.dataset["card"] = "sessions";
  return node;
}

function columns(langfuse: string | undefined, now: number): Column<SessionBody>[] {
  return [
    {
      title: "Session",
      cell: ({ session, latestTrace }) => {
        const short = session.slice(0, HASH_LENGTH);
        return langfuse === undefined
          ? el("span", "id", short)
          : link(short, traceUrl(langfuse, latestTrace));
      },
    },
    {
      title: "Assistant",
      cell: ({ assistant }) => cut(visible(valueTitle(assistant)), MAX_NAME_LENGTH),
    },
    { title: "Turns", isNumber: true, cell: ({ turns }) => count(turns) },
    {
      title: "First token, p50",
      isNumber: true,
      cell: ({ timeToFirstToken }) => duration(timeToFirstToken.p50 ?? undefined),
    },
    {
      title: "mean",
      isNumber: true,
      cell: ({ timeToFirstToken }) => duration(timeToFirstToken.mean ?? undefined),
    },
    {
      title: "slowest",
      isNumber: true,
      cell: ({ timeToFirstToken }) => duration(timeToFirstToken.max ?? undefined),
    },
    {
      title: "Turn, mean",
      isNumber: true,
      cell: ({ turn }) => duration(turn.mean ?? undefined),
    },
    {
      title: "Failed",
      isNumber: true,
      cell: ({ failed }) => el("span", failed > 0 ? "bad" : "", count(failed)),
    },
    { title: "Errors", isNumber: true, cell: ({ errors }) => count(errors) },
    { title: "Cost", isNumber: true, cell: ({ cost }) => dollars(cost) },
    {
      title: "Last turn",
      isNumber: true,
      cell: ({ lastSeen }) => clock(Date.parse(lastSeen), now),
    },
  ];
}
