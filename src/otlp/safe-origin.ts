// The resource and scope that spans of an export share, made safe. Pure.
import { type Note, safeText } from "../protocol/json/safe.ts";
import { isObject, type JsonObject, numberOf } from "./json.ts";
import { safeAttributes } from "./safe-value.ts";
import type { KeyValue } from "./types.ts";

export interface Resource {
  resource?: {
    attributes?: KeyValue[];
    droppedAttributesCount?: number;
    entityRefs?: EntityRef[];
  };
  schemaUrl?: string;
}

interface EntityRef {
  schemaUrl?: string;
  type: string;
  idKeys?: string[];
  descriptionKeys?: string[];
}

export interface Scope {
  scope?: {
    name?: string;
    version?: string;
    attributes?: KeyValue[];
    droppedAttributesCount?: number;
  };
  schemaUrl?: string;
}

/** Undefined where its attributes are no list: Langfuse would refuse the whole request. */
export function safeResource(resourceSpans: JsonObject, note: Note): Resource | undefined {
  const { resource } = resourceSpans;
  if (!isObject(resource)) return schemaOf(resourceSpans, note);
  const attributes = attributesIn(resource, "resource", note);
  if (attributes === undefined) return undefined;
  const entityRefs = textsOrObjects(resource["entityRefs"]).flatMap((ref) => entityOf(ref, note));
  return {
    resource: {
      ...(attributes.length > 0 && { attributes }),
      ...droppedIn(resource),
      ...(entityRefs.length > 0 && { entityRefs }),
    },
    ...schemaOf(resourceSpans, note),
  };
}

export function safeScope(scopeSpans: JsonObject, note: Note): Scope | undefined {
  const { scope } = scopeSpans;
  if (!isObject(scope)) return schemaOf(scopeSpans, note);
  const attributes = attributesIn(scope, "scope", note);
  if (attributes === undefined) return undefined;
  return {
    scope: {
      ...textIn(scope, "name", note),
      ...textIn(scope, "version", note),
      ...(attributes.length > 0 && { attributes }),
      ...droppedIn(scope),
    },
    ...schemaOf(scopeSpans, note),
  };
}

function attributesIn(holder: JsonObject, where: string, note: Note): KeyValue[] | undefined {
  const { attributes } = holder;
  if (attributes === undefined || attributes === null) return [];
  return Array.isArray(attributes) ? safeAttributes(attributes, where, note) : undefined;
}

function schemaOf(holder: JsonObject, note: Note): { schemaUrl?: string } {
  return textIn(holder, "schemaUrl", note);
}

function droppedIn({ droppedAttributesCount }: JsonObject): { droppedAttributesCount?: number } {
  const count = numberOf(droppedAttributesCount);
  return Number.isInteger(count) && count > 0 ? { droppedAttributesCount: count } : {};
}

function textIn<Name extends string>(
  holder: JsonObject,
  name: Name,
  note: Note,
): { [N in Name]?: string } {
  const value = holder[name];
  const isText = typeof value === "string" && value !== "";
  return (isText ? { [name]: safeText(value, name, note) } : {}) as { [N in Name]?: string };
}

function textsOrObjects(list: unknown): readonly unknown[] {
  return Array.isArray(list) ? (list as unknown[]) : [];
}

function entityOf(raw: unknown, note: Note): EntityRef[] {
  if (!isObject(raw) || typeof raw["type"] !== "string") return [];
  const keys = (name: "idKeys" | "descriptionKeys"): { [N in typeof name]?: string[] } => {
    const texts = textsOrObjects(raw[name])
      .filter((key) => typeof key === "string")
      .map((key) => safeText(key, name, note));
    return texts.length > 0 ? { [name]: texts } : {};
  };
  return [
    {
      ...schemaOf(raw, note),
      type: safeText(raw["type"], "entityRefs", note),
      ...keys("idKeys"),
      ...keys("descriptionKeys"),
    },
  ];
}
