// @ts-check
import tseslint from "typescript-eslint";

/** Biome formats and lints; eslint does only what needs types, above all promises that nobody waits for. */
export default tseslint.config(
  { ignores: ["dist/**", "node_modules/**", "examples/**"] },
  {
    files: ["src/**/*.{ts,tsx}", "test/**/*.ts"],
    ignores: ["**/*.d.ts"],
    extends: [tseslint.configs.base],
    languageOptions: {
      parserOptions: { project: ["./tsconfig.test.json", "./tsconfig.web.json"], tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/return-await": ["error", "error-handling-correctness-only"],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/only-throw-error": ["error", { allowThrowingUnknown: true, allowThrowingAny: true }],
      "@typescript-eslint/prefer-promise-reject-errors": [
        "error",
        { allowThrowingUnknown: true, allowThrowingAny: true },
      ],
      "@typescript-eslint/no-for-in-array": "error",
      "@typescript-eslint/no-base-to-string": "error",
      "@typescript-eslint/restrict-plus-operands": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-deprecated": "warn",
      "@typescript-eslint/consistent-type-imports": "error",
      "no-restricted-exports": ["error", { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } }],
    },
  },
);
