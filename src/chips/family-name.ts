/** A family of chips that Flashproof knows, by the name of its folder in `src/families`. */
export type FamilyName = "kinetis-ftfe" | "nrf52" | "rp2040" | "stm32f4";
