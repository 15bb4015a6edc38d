import type { Component } from "../../adi/rom-table.ts";
import type { ConnectEvent } from "../../session/connect-events.ts";
import type { FormTexts } from "../texts/forms.ts";
import * as texts from "../texts/v7-86e/target.ts";

/** J-Link's lines for what happened while connecting; none where J-Link says nothing. */
export function connectLines(event: ConnectEvent, form: FormTexts): readonly string[] {
  switch (event.event) {
    case "init-target-start":
      return [...texts.initTarget(), ...texts.wireSwitched()];
    case "dpidr":
      return form.debugPortFound(event.value);
    case "aps":
      return [
        ...texts.apScanStart(),
        ...texts.apScanEnd((event.aps.at(-1)?.index ?? -1) + 1),
        ...event.aps.flatMap(({ index, idr }) => form.apFound(index, idr)),
      ];
    case "core-found":
      return texts.coreApFound(event.ap, event.romBase);
    case "core":
      return texts.coreFound(event.identity);
    case "components":
      return [...texts.componentsStart(), ...tableLines(event, form)];
    default:
      return [];
  }
}

/** A ROM table to be printed. */
interface Table {
  readonly base: number;
  readonly components: readonly Component[];
}

/** The tables in the order in which they are found, numbered from 0, each with its components. */
function tableLines(root: Table, form: FormTexts): readonly string[] {
  const lines: string[] = [];
  const tables: Table[] = [root];
  for (let number = 0; number < tables.length; number++) {
    const { base, components } = tables[number];
    lines.push(...texts.romTable(number, base));
    for (const [entry, { base: address, cid, pid, table }] of components.entries()) {
      lines.push(...form.componentFound({ table: number, entry, address, cid, pid }));
      if (table) tables.push(table);
    }
  }
  return lines;
}
