import { Link } from "@tanstack/react-router";

import { text } from "../config/text";

/** What is shown at an address that is no page. */
export const NotFound = () => (
  <div className="stack">
    <h1>{text.noPage}</h1>
    <p className="quiet">{text.noPageHint}</p>
    <div>
      <Link to="/library" className="button main">
        {text.toLibrary}
      </Link>
    </div>
  </div>
);
