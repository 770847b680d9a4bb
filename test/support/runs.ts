/** Cases of a property: as many as usual, or with `npm run test:long` many times that. */
export const runs = (usual: number): number => usual * Number(process.env["LONG_RUNS"] ?? 1);
