import type { PackSequence, SequenceStep } from "../sequences/sequence.ts";
import { childrenOf, isOn } from "./attributes.ts";
import { type Levels, superseding } from "./inherit.ts";
import type { XmlElement } from "./xml.ts";

/** The debug sequences of a device: of two of a name and a processor, the inner level's. What is in them is not judged yet. */
export const sequencesOf = (levels: Levels): readonly PackSequence[] =>
  superseding(
    levels.flatMap((level) => childrenOf(level, "sequences")),
    "sequence",
    ({ name = "", Pname = "" }) => `${name} ${Pname}`,
  ).map((element) => {
    const { name = "", Pname, info } = element.attributes;
    return {
      name,
      ...(Pname !== undefined && { core: Pname }),
      disabled: isOn(element.attributes, "disable"),
      ...(info !== undefined && { info }),
      steps: stepsOf(element),
    };
  });

const stepsOf = ({ children }: XmlElement): readonly SequenceStep[] => children.flatMap(stepOf);

function stepOf(element: XmlElement): readonly SequenceStep[] {
  const { name, attributes, text, line } = element;
  if (name === "block") return [{ kind: "block", text, line }];
  if (name !== "control") return [];
  const { if: condition, while: repeated, timeout } = attributes;
  return [
    {
      kind: "control",
      ...(condition !== undefined && { if: condition }),
      ...(repeated !== undefined && { while: repeated }),
      ...(timeout !== undefined && { timeout }),
      steps: stepsOf(element),
      line,
    },
  ];
}
