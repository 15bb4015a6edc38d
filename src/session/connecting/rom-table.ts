// A page has something else in place of this module: it fetches the walk when a chip that was not named is looked at.
export { walkRomTable } from "../../adi/rom-table.ts";
