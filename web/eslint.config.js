import { readdirSync } from "node:fs";

import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

/** Imports run down these floors only; features never import one another. */
const floors = ["api", "config", "lib", "components", "features", "app"];
const features = readdirSync(new URL("src/features", import.meta.url));

/** Keeps the files of a folder from importing others. */
const apart = (folder, others, message) => ({
  files: [`src/${folder}/**`],
  rules: {
    "no-restricted-imports": [
      "error",
      { patterns: [{ group: others.map((other) => `**/${other}/**`), message }] },
    ],
  },
});

const down = floors
  .slice(0, -2)
  .map((floor, number) => apart(floor, floors.slice(number + 1), `${floor}: imports run down only.`));
const between = features.map((feature) =>
  apart(
    `features/${feature}`,
    ["app", ...features.filter((other) => other !== feature)],
    "Features never import one another; what they share is a component or in lib.",
  ),
);

export default tseslint.config(
  { ignores: ["**/*.gen.ts", "eslint.config.js"] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { "react-hooks": hooks },
    rules: {
      ...hooks.configs.recommended.rules,
      "max-lines": ["error", 300],
      "no-console": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
  ...down,
  ...between,
);
