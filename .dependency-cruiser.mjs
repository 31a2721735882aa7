/**
 * The walls of ARCHITECTURE.md: which folder may know which. Every folder is entered by its
 * `index.ts`, except the two named `shared`, whose files stand on their own.
 */
const PROTOCOL_MAY_IMPORT = [
  "src/shared",
  "src/config",
  "src/engine",
  "src/streams",
  "src/connector.ts",
  "src/protocols/shared",
];

const MAY_IMPORT = {
  "src/shared": [],
  "src/privacy": ["src/shared"],
  "src/aircall": ["src/shared"],
  "src/engine": ["src/shared"],
  "src/streams": ["src/shared", "src/aircall", "src/engine"],
  "src/events": ["src/shared", "src/aircall", "src/engine", "src/streams"],
  "src/config": ["src/shared", "src/privacy", "src/streams"],
  "src/local/store": ["src/shared", "src/engine"],
  "src/local/duckdb": ["src/shared", "src/engine", "src/local/store"],
  "src/local/views": ["src/shared", "src/streams", "src/local/store"],
  "src/local/postgres": ["src/shared", "src/engine", "src/local/store"],
  "src/local": [
    "src/shared",
    "src/engine",
    "src/streams",
    "src/connector.ts",
    "src/local/store",
    "src/local/duckdb",
    "src/local/views",
    "src/local/postgres",
  ],
  "src/status": ["src/shared", "src/connector.ts", "src/local"],
  "src/protocols/shared": ["src/shared", "src/config", "src/streams"],
  "src/protocols/flow": PROTOCOL_MAY_IMPORT,
  "src/protocols/airbyte": PROTOCOL_MAY_IMPORT,
  "src/protocols/singer": PROTOCOL_MAY_IMPORT,
  "src/cli": [
    "src/shared",
    "src/config",
    "src/connector.ts",
    "src/local",
    "src/status",
    "src/streams",
    "src/protocols/airbyte",
    "src/protocols/singer",
    "emulator",
  ],
  emulator: [],
};

const folders = Object.keys(MAY_IMPORT);
const within = (path) => (path.endsWith(".ts") ? `^${path}$` : `^${path}/`);
const inner = (folder) => folders.filter((other) => other.startsWith(`${folder}/`)).map(within);

const walls = folders.map((folder) => ({
  name: `what ${folder} may know`,
  severity: "error",
  from: { path: within(folder), pathNot: inner(folder) },
  to: {
    path: "^(src|emulator|test|bench|scripts)/",
    pathNot: [folder, ...MAY_IMPORT[folder]]
      .map(within)
      .concat(folder === "emulator" ? [] : ["^src/errors.ts$", "^src/spec.ts$"]),
  },
}));

const doors = folders
  .filter((folder) => !folder.endsWith("/shared"))
  .map((folder) => ({
    name: `${folder} is entered by its index`,
    severity: "error",
    from: { path: "^(src|emulator)/", pathNot: [within(folder)] },
    to: { path: within(folder), pathNot: [...inner(folder), `^${folder}/index.ts$`] },
  }));

export default {
  forbidden: [
    { name: "no circles", severity: "error", from: {}, to: { circular: true } },
    { name: "nothing unresolved", severity: "error", from: {}, to: { couldNotResolve: true } },
    ...walls,
    ...doors,
  ],
  options: {
    parser: "swc",
    tsPreCompilationDeps: true,
    // The parser does not know the `using` of tests that are not beside their files.
    exclude: { path: "^bench/.*[.]test[.]ts$" },
    doNotFollow: { path: "node_modules|^test/" },
    enhancedResolveOptions: {
      conditionNames: ["import", "types", "node", "default"],
      exportsFields: ["exports"],
    },
  },
};
