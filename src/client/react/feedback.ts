// Buttons for feedback on a message, without any style: real buttons with names, which are pressed or not; a field
// for a comment; and a region that says what became of it. No form: a chat may be one itself.
import {
  createElement as el,
  type ReactElement,
  type ReactNode,
  useId,
  useRef,
  useState,
} from "react";
import { isRefused, type MessageRef } from "../feedback/message-memory.ts";
import { feedbackName, type FeedbackFields, type FeedbackValue } from "../feedback/score.ts";
import { useFeedback } from "./use-feedback.ts";

/** The words, for other languages. */
export interface FeedbackLabels {
  /** Names the group. */
  group: string;
  up: string;
  down: string;
  /** Names a star. */
  star: (stars: number, most: number) => string;
  comment: string;
  send: string;
  /** Said when the feedback is on its way … */
  thanks: string;
  /** … and when it was refused. */
  failed: string;
}

export interface FeedbackProps extends MessageRef {
  /** Default `thumbs`. */
  kind?: "thumbs" | "stars";
  /** How many stars there are. Default 5. */
  stars?: number;
  /** Names the score. */
  name?: string;
  /** Ask for a comment once something is pressed. */
  comment?: boolean;
  labels?: Partial<FeedbackLabels>;
  /** What a button shows. Default 👍, 👎 and ★. */
  icon?: (value: boolean | number) => ReactNode;
  className?: string;
  /** Metadata of the score, and the like. */
  fields?: Omit<FeedbackFields, "name" | "comment">;
  onFeedback?: (value: FeedbackValue, comment?: string) => void;
}

const LABELS: FeedbackLabels = {
  group: "Feedback",
  up: "Good answer",
  down: "Bad answer",
  star: (stars, most) => `${stars} of ${most} stars`,
  comment: "Comment",
  send: "Send",
  thanks: "Thank you for your feedback.",
  failed: "Your feedback could not be sent.",
};

/** The group's element, as far as it is used. */
interface Group {
  querySelector(selector: string): { focus(): void } | null;
}

/** Shows nothing while it is not known which trace the message has. Below a `TracingProvider`. */
export function Feedback({
  kind = "thumbs",
  stars = 5,
  name,
  comment: asksComment = false,
  labels,
  icon = (value) => (value === true ? "👍" : value === false ? "👎" : "★"),
  className,
  fields,
  onFeedback,
  ...message
}: FeedbackProps): ReactElement | null {
  const { traceId, given, feedback } = useFeedback(message);
  const words = { ...LABELS, ...labels };
  const [status, setStatus] = useState("");
  const [comment, setComment] = useState("");
  const [isAsking, setAsking] = useState(false);
  const id = useId();
  const group = useRef<Group | null>(null);
  const all = { ...fields, name };
  const values = kind === "stars" ? Array.from({ length: stars }, (_, i) => i + 1) : [true, false];
  const pressed = given[feedbackName(values[0] as FeedbackValue, all)];
  if (traceId === undefined) return null;

  const give = async (value: FeedbackValue, said?: string): Promise<void> => {
    setStatus("");
    const result = await feedback(value, { ...all, comment: said });
    if (isRefused(result)) return setStatus(words.failed);
    setStatus(words.thanks);
    onFeedback?.(value, said);
  };
  const press = (value: FeedbackValue): void => {
    setAsking(asksComment);
    if (value !== pressed) void give(value, comment || undefined);
  };
  const send = (): void => {
    // The field goes away, and with it the focus that was in it.
    group.current?.querySelector("[aria-pressed=true]")?.focus();
    setAsking(false);
    if (pressed !== undefined) void give(pressed, comment || undefined);
  };

  const buttons = values.map((value) =>
    el(
      "button",
      {
        key: String(value),
        type: "button",
        "aria-pressed": pressed === value,
        // For a style: the stars up to the one that is pressed.
        "data-filled": typeof value === "number" && value <= Number(pressed) ? "" : undefined,
        "aria-label":
          typeof value === "number" ? words.star(value, stars) : value ? words.up : words.down,
        onClick: () => press(value),
      },
      el("span", { "aria-hidden": true }, icon(value)),
    ),
  );
  const field = el(
    "div",
    { key: "comment" },
    el("label", { htmlFor: id }, words.comment),
    el("textarea", {
      id,
      value: comment,
      onChange: ({ target }: { target: { value: string } }) => setComment(target.value),
    }),
    el("button", { type: "button", onClick: send }, words.send),
  );
  return el(
    "div",
    { role: "group", "aria-label": words.group, className, ref: group },
    ...buttons,
    isAsking && field,
    // It is there from the beginning: what comes with its own words is not read out.
    el("span", { key: "status", role: "status" }, status),
  );
}
