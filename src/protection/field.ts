import type { Chip } from "../chips/chip.ts";
import { flashGroups, lockingFields } from "./chip-fields.ts";

// Until flash reads the table (flash/field-rules.ts).
export const FIELD_LENGTH = 16;
export const OPEN_FSEC = 0xfe;
export const fsecAddress = (chip: Chip): number => lockingFields(chip)[0]?.field.address ?? Number.NaN;
export const fieldStart = (chip: Chip): number => flashGroups(chip)[0]?.start ?? Number.NaN;
