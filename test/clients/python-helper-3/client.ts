import { pythonHelper } from "../support/python-helper.ts";

export const client = pythonHelper("3.15.0");
