// The delivery panel: the books in one line, and the dead letters, to be looked at and sent once more. It looks
// when the page is opened or seen again, and a moment after something reached Langfuse; an idle page asks nothing.
import type { DeadLetter, DeliveryView, DevPageData } from "../page-data.ts";
import { booksLine } from "./delivery-state.ts";
import { button, byId, clock, el, pretty, showLine } from "./dom.ts";

/** The ledger hears of a delivery a moment after Langfuse. */
const LOOK_AFTER_MS = 1_500;

let page: DevPageData;
let planned: ReturnType<typeof setTimeout> | undefined;

export function startDelivery(data: DevPageData): void {
  page = data;
  byId("look-again").addEventListener("click", () => void look());
  byId("replay-all").addEventListener("click", () => void replay({ all: true }));
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) lookSoon();
  });
  void look();
}

/** Something was sent, or arrived. */
export function lookSoon(): void {
  clearTimeout(planned);
  planned = setTimeout(() => void look(), LOOK_AFTER_MS);
}

async function look(): Promise<void> {
  try {
    const answer = await fetch(page.deliveryPath);
    if (!answer.ok) throw new Error(`the edge answers ${answer.status}`);
    show((await answer.json()) as DeliveryView);
  } catch (error) {
    showLine(byId("books"), { tone: "bad", text: `The books can't be read: ${String(error)}` });
  }
}

function show({ outcomes, page: { letters, total } }: DeliveryView): void {
  showLine(byId("books"), booksLine(outcomes));
  byId("replay-all").hidden = total === 0;
  const open = new Set(
    Array.from(
      document.querySelectorAll<HTMLDetailsElement>("#letters details[open]"),
      (one) => one.id,
    ),
  );
  byId("letters").replaceChildren(
    ...letters.map((letter) => letterItem(letter, open.has(letter.id))),
  );
  const more = total - letters.length;
  if (more > 0) byId("letters").append(el("li", "soft", `and ${more} more`));
}

function letterItem(letter: DeadLetter, isOpen: boolean): HTMLLIElement {
  const { id, reason, message, since, deaths, name, kind, record } = letter;
  const times = deaths > 1 ? `, refused ${deaths} times` : "";
  const summary = el(
    "summary",
    "",
    el("span", "bad", name ?? kind),
    el("span", "soft", ` ${reason}${times}, ${clock(Date.parse(since))}`),
  );
  const details = el("details", "", summary, el("p", "", message));
  details.append(el("pre", "", pretty(JSON.stringify(record))), el("p", "id soft", id));
  details.id = id;
  details.open = isOpen;
  return el(
    "li",
    "step-head",
    details,
    button("Replay", () => void replay({ ids: [id] })),
  );
}

async function replay(selection: object): Promise<void> {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify(selection);
  await fetch(page.replayPath, { method: "POST", headers, body }).catch(() => undefined);
  await look();
  // Delivered, or dead again, a few seconds later.
  setTimeout(lookSoon, LOOK_AFTER_MS);
}
