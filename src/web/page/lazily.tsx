import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

/** A part of the page that is loaded when it is shown first. */
export function lazily<Props>(load: () => Promise<(props: Props) => JSX.Element | null>): (props: Props) => JSX.Element | null {
  let loaded: ((props: Props) => JSX.Element | null) | undefined;
  return function Lazy(props: Props) {
    const [Part, setPart] = useState(() => loaded);
    const [isFailed, setFailed] = useState(false);
    useEffect(() => {
      if (loaded) return;
      load().then(
        (found) => {
          loaded = found;
          setPart(() => found);
        },
        () => setFailed(true),
      );
    }, []);
    if (isFailed) return <p class="failure">This part of the page can't be loaded: load the page again.</p>;
    return Part ? <Part {...(props as Props & JSX.IntrinsicAttributes)} /> : <p>Loading.</p>;
  };
}
