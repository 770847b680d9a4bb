import { pythonSdk } from "../support/python-sdk.ts";

export const client = pythonSdk("4.18.0", true);
