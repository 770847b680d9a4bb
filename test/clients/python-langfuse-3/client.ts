import { pythonSdk } from "../support/python-sdk.ts";

export const client = pythonSdk("3.15.0", false);
