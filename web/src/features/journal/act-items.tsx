import { useMemo } from "react";

import { PagedList } from "../../components/paged-list";
import { Thumbnail } from "../../components/thumbnail";
import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { bytes, folderOf, nameOf } from "../../lib/format";
import { useActItems, type ActItem } from "./asked";

const words = text.journal;

/** Height of a file that was not drawn yet, pixels. */
const GUESSED_HEIGHT = 110;

/** The files of an act; only those in sight are drawn. */
export function ActItems({ act }: { readonly act: string }) {
  const pages = useActItems(act);
  const items = useMemo(() => pages.data?.pages.flatMap((page) => page.items) ?? [], [pages.data]);
  if (pages.error) return <Wrong error={pages.error} again={() => void pages.refetch()} />;
  if (pages.data === undefined) return <p className="blank" role="status" aria-label={text.loading} />;
  return (
    <PagedList
      label={words.items}
      className="act-items"
      rowClassName="act-item"
      items={items}
      pages={pages}
      guessedHeight={GUESSED_HEIGHT}
      keyOf={(item) => item.item}
    >
      {(item) => <ItemRow item={item} />}
    </PagedList>
  );
}

function ItemRow({ item }: { readonly item: ActItem }) {
  const path = item.path ?? "";
  const good = item.event === "undone" ? "good" : "";
  const bad = item.reason === null ? good : "bad";
  return (
    <>
      {item.sha256 === null ? null : <Thumbnail sha256={item.sha256} alt="" />}
      <div className="small">
        <p>
          <strong className="wrap">{nameOf(path)}</strong> <span className={`badge ${bad}`}>{words.events[item.event] ?? item.event}</span>{" "}
          {item.bytes > 0 ? <span className="quiet">{bytes(item.bytes)}</span> : null}
        </p>
        <p className="quiet wrap">{folderOf(path)}</p>
        {item.kept_path === null || item.kept_path === path ? null : (
          <p className="wrap">
            {words.kept} {item.kept_path}
          </p>
        )}
        {item.others.length === 0 ? null : (
          <p className="wrap">
            {words.with} {item.others.map(nameOf).join(", ")}
          </p>
        )}
        {item.why === "" ? null : <p className="quiet">{item.why}</p>}
        {item.tier === null || item.score === null || item.model === null ? null : (
          <p className="quiet">{words.evidence(item.tier, item.score, item.model)}</p>
        )}
        {item.reason === null ? null : <p className="said-bad">{item.reason}</p>}
      </div>
    </>
  );
}
