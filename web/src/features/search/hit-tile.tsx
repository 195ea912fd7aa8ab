import { Link } from "@tanstack/react-router";

import { Thumbnail } from "../../components/thumbnail";
import { text } from "../../config/text";
import { nameOf } from "../../lib/format";
import { placeholderUrl } from "../../lib/placeholder";
import type { Hit } from "./asked";
import { shortReason } from "./reasons";
import { WhyButton } from "./why-button";

const words = text.search;

interface Props {
  readonly hit: Hit;
  readonly height: number;
  readonly onOpen: () => void;
}

/** A hit: its picture, its name and the strongest reason; all reasons and more like it are a press away. */
export function HitTile({ hit, height, onOpen }: Props) {
  const name = nameOf(hit.path);
  return (
    <article>
      <button type="button" className="hit-look" data-asset={hit.asset} style={{ height: `${height}px`, ...behind(hit.placeholder) }} onClick={onOpen}>
        <Thumbnail sha256={hit.sha256} alt={words.open(name)} />
      </button>
      <div className="hit-acts">
        <Link to="/search" search={{ q: `like:asset:${hit.asset}` }} aria-label={`${words.similar}: ${name}`} title={words.similar}>
          ≈
        </Link>
        <WhyButton hit={hit} />
      </div>
      <p className="hit-name small" title={name}>
        {name}
      </p>
      <p className="hit-reason small quiet" title={shortReason(hit)}>
        {shortReason(hit)}
      </p>
    </article>
  );
}

/** The colours of a picture, shown until it comes. */
function behind(placeholder: string | null) {
  const url = placeholderUrl(placeholder);
  return url === null ? {} : { backgroundImage: `url(${url})`, backgroundSize: "100% 100%" };
}
