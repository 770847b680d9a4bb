import type { Writer } from "../../../protocol/change.ts";
import type { InterpretContext } from "../../interpret/context.ts";

/** All that is needed to read a legacy event, beside the event. */
export interface LegacyContext extends InterpretContext {
  writer: Writer;
}
