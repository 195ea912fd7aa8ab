import { useEffect, useState } from "react";

import { HUES } from "./colours";
import type { Colour } from "./painter";

/** The colours of the style sheet as numbers, in the appearance of the moment. */
export function usePalette(): readonly Colour[] {
  const [palette, setPalette] = useState<readonly Colour[]>(read);
  useEffect(() => {
    const look = () => setPalette(read());
    const system = window.matchMedia("(prefers-color-scheme: dark)");
    const chosen = new MutationObserver(look);
    chosen.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    system.addEventListener("change", look);
    look();
    return () => {
      chosen.disconnect();
      system.removeEventListener("change", look);
    };
  }, []);
  return palette;
}

/** A colour that depends on the appearance is only known once an element has it. */
function read(): readonly Colour[] {
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  const found = Array.from({ length: HUES + 1 }, (_, hue): Colour => {
    probe.className = `hue-${hue}`;
    const [red = 128, green = 128, blue = 128] = (getComputedStyle(probe).color.match(/[\d.]+/g) ?? []).map(Number);
    return [red, green, blue];
  });
  probe.remove();
  return found;
}
