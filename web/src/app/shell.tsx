import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { useEffect } from "react";

import { Choice } from "../components/choice";
import { text } from "../config/text";
import { useKept } from "../lib/kept";

const pages = [
  { to: "/library", label: text.pages.library },
  { to: "/duplicates", label: text.pages.duplicates },
  { to: "/search", label: text.pages.search },
  { to: "/work", label: text.pages.work },
] as const;

/** Pages that use the whole window. */
const whole = ["/library"];

/** What surrounds every page: the way to the others, and the appearance. */
export function Shell() {
  const path = useRouterState({ select: (state) => state.location.pathname });
  return (
    <div className="shell">
      <a className="skip" href="#content">
        {text.skip}
      </a>
      <header className="bar">
        <Link to="/library" className="brand">
          <img src="/icon.svg" alt="" />
          <span>{text.name}</span>
        </Link>
        <nav className="nav" aria-label={text.name}>
          {pages.map((page) => (
            <Link key={page.to} to={page.to} activeProps={{ "aria-current": "page" }}>
              {page.label}
            </Link>
          ))}
        </nav>
        <Appearance />
      </header>
      <main id="content" tabIndex={-1} className={whole.includes(path) ? "whole" : ""}>
        <Outlet />
      </main>
    </div>
  );
}

function Appearance() {
  const [theme, keep] = useKept<"system" | "light" | "dark">("pinakes.theme", "system");
  useEffect(() => {
    document.documentElement.dataset["theme"] = theme;
  }, [theme]);
  return (
    <Choice
      label={text.theme.label}
      hideLabel
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
