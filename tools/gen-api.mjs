// @ts-check
// `node tools/gen-api.mjs`: writes api/flashproof.api.txt, so that a change of the public entries shows in review.
import { mkdirSync, writeFileSync } from "node:fs";
import { apiReport, undocumentedMembers } from "./lib/api-report.mjs";
import { inProject, say } from "./lib/project.mjs";

mkdirSync(inProject("api"), { recursive: true });
writeFileSync(inProject("api/flashproof.api.txt"), apiReport());
for (const member of undocumentedMembers()) say(`${member} has no docstring`);
