import { Link } from "@tanstack/react-router";
import { useRef } from "react";

import { text } from "../config/text";
import { SignOut } from "../features/session/sign-out";
import { Appearance } from "./appearance";
import { pages } from "./pages";

/** Pages that are wanted less often, the appearance, and the way out; the browser's own popover. */
export function More() {
  const menu = useRef<HTMLDivElement>(null);
  return (
    <>
      <button className="button plain" popoverTarget="more">
        {text.pages.more}
      </button>
      <div id="more" popover="auto" className="card more" ref={menu}>
        <nav className="stack" aria-label={text.pages.more}>
          {pages.more.map((page) => (
            <Link key={page.to} to={page.to} onClick={() => menu.current?.hidePopover()}>
              {page.label}
            </Link>
          ))}
        </nav>
        <Appearance />
        <SignOut />
      </div>
    </>
  );
}
