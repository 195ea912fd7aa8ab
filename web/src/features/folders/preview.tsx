import { Link } from "@tanstack/react-router";

import { Thumbnail } from "../../components/thumbnail";
import { text } from "../../config/text";
import { day } from "../../lib/format";
import { usePreview, type Shown } from "./asked";

const words = text.folders;

/** The newest pictures of a folder and of those in it, to know it by; each opens in the library. */
export function Preview({ path }: { readonly path: string }) {
  const preview = usePreview(path);
  if (preview.error !== null || preview.data?.length === 0) return null;
  return (
    <ul className="preview" aria-label={words.preview}>
      {preview.data === undefined
        ? Array.from({ length: 6 }, (_, number) => <li key={number} className="blank" />)
        : preview.data.map((shown) => (
            <li key={shown.asset}>
              <Link to="/library" search={{ folder: path, picture: shown.asset }}>
                <Thumbnail sha256={shown.sha256} alt={nameOf(shown)} />
              </Link>
            </li>
          ))}
    </ul>
  );
}

const nameOf = ({ taken }: Shown): string =>
  taken === null || taken === undefined ? words.undated : words.taken(day(taken));
