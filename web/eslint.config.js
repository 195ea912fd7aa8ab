import importX, { createNodeResolver } from "eslint-plugin-import-x";
import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

/** Imports run down these floors only; features never import one another. */
const floors = ["api", "config", "lib", "components", "features", "app"];
const above = (floor) =>
  floors.slice(floors.indexOf(floor) + 1).map((other) => ({
    target: `./src/${floor}`,
    from: `./src/${other}`,
    message: `${floor} knows nothing of ${other}: imports run down only.`,
  }));
const features = ["duplicates", "library", "search", "work"];
const apart = features.flatMap((feature) =>
  features
    .filter((other) => other !== feature)
    .map((other) => ({
      target: `./src/features/${feature}`,
      from: `./src/features/${other}`,
      message: "Features never import one another; what they share is a component or in lib.",
    })),
);

export default tseslint.config(
  { ignores: ["**/*.gen.ts", "eslint.config.js"] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    settings: {
      "import-x/resolver-next": [createNodeResolver({ extensions: [".ts", ".tsx", ".js", ".mjs"] })],
    },
    plugins: { "react-hooks": hooks, "import-x": importX },
    rules: {
      ...hooks.configs.recommended.rules,
      "import-x/no-restricted-paths": ["error", { zones: [...floors.flatMap(above), ...apart] }],
      "import-x/no-cycle": "error",
      "max-lines": ["error", 300],
      "no-console": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
);
