import { Link, Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { useEffect } from "react";

import { AddPictures } from "../components/add-pictures";
import { ConnectionBanner } from "../components/connection-banner";
import { JobsIndicator } from "../components/jobs-indicator";
import { SIGNED_OUT } from "../config/queries";
import { text } from "../config/text";
import { Adding } from "../features/upload/adding";
import { useSearchKey } from "../lib/use-search-key";
import { More } from "./more";
import { nameAt, pages } from "./pages";

/** Pages that use the whole window. */
const whole = ["/library", "/map"];

/** What surrounds every page: the way to the others. */
export function Shell() {
  const path = useRouterState({ select: (state) => state.location.pathname });
  const name = nameAt(path);
  const navigate = useNavigate();
  // Whoever has not signed in is told nothing of the library, so there is nothing to follow.
  const inside = path !== "/sign-in";
  useSearchKey(() => void navigate({ to: "/search" }));
  useEffect(() => {
    document.title = name === text.name ? name : `${name} · ${text.name}`;
  }, [name]);
  useSignedOut();
  return (
    <div className="shell">
      <a className="skip" href="#content">
        {text.skip}
      </a>
      <header className="bar">
        <Link to="/library" className="brand" aria-label={text.name}>
          <img src="/icon.svg" alt="" />
          <span>{text.name}</span>
        </Link>
        <nav className="nav" aria-label={text.name}>
          {pages.main.map((page) => (
            <Link key={page.to} to={page.to} activeProps={{ "aria-current": "page" }}>
              {page.label}
            </Link>
          ))}
        </nav>
        {inside ? <JobsIndicator /> : null}
        {inside ? <AddPictures /> : null}
        <More />
      </header>
      <main id="content" tabIndex={-1} className={whole.includes(path) ? "whole" : ""}>
        <Outlet />
      </main>
      {inside ? <ConnectionBanner /> : null}
      <Adding />
      <p className="unseen" aria-live="polite">
        {name}
      </p>
    </div>
  );
}

/** Goes to where a key is given, and from there back, once the server wants one. */
function useSignedOut() {
  const navigate = useNavigate();
  useEffect(() => {
    const leave = () => {
      const { pathname, search } = window.location;
      if (pathname !== "/sign-in") void navigate({ to: "/sign-in", search: { next: pathname + search } });
    };
    window.addEventListener(SIGNED_OUT, leave);
    return () => window.removeEventListener(SIGNED_OUT, leave);
  }, [navigate]);
}
