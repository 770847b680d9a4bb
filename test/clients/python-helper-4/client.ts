import { pythonHelper } from "../support/python-helper.ts";

export const client = pythonHelper("4.18.0");
