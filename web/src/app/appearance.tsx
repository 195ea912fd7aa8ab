import { useEffect } from "react";

import { Choice } from "../components/choice";
import { text } from "../config/text";
import { useKept } from "../lib/kept";

/** Light, dark, or as the system is. */
export function Appearance() {
  const [theme, keep] = useKept<"system" | "light" | "dark">("pinakes.theme", "system");
  useEffect(() => {
    document.documentElement.dataset["theme"] = theme;
  }, [theme]);
  return (
    <Choice
      label={text.theme.label}
      value={theme}
      onChange={keep}
      options={[
        { value: "system", label: text.theme.system },
        { value: "light", label: text.theme.light },
        { value: "dark", label: text.theme.dark },
      ]}
    />
  );
}
