import { pythonSdk } from "../support/python-sdk.ts";

export const client = pythonSdk("5.0.4", true);
