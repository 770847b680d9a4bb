/** As in package.json; health tells it to servers. */
export const EDGE_VERSION = "0.1.0";
