import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useMemo } from "react";

import { useViewed } from "../../components/viewer/use-viewed";
import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { About, NoHits } from "./about";
import { useBring, useHits, useOutline } from "./asked";
import { Chips } from "./chips";
import { Hits } from "./hits";
import { lineOf, picturesOf, typedOf, type LikePicture } from "./line";
import { Misread } from "./misread";
import { SearchBox } from "./search-box";
import { Start } from "./start";
import { Tray } from "./tray";
import { useDropped } from "./use-dropped";
import { useHitsSource } from "./use-hits-source";
import "./search.css";

const words = text.search;

const Viewer = lazy(async () => ({ default: (await import("../../components/viewer/viewer")).Viewer }));

/** One box for words, conditions and pictures; the address is the search. */
export function SearchPage() {
  const { q = "" } = useSearch({ from: "/search" });
  const navigate = useNavigate();
  const outline = useOutline(q);
  const bring = useBring();
  // A line that does not parse has no parts: it is shown as it was typed.
  const parts = useMemo(() => (q === "" || outline.isError ? [] : (outline.data ?? [])), [q, outline.isError, outline.data]);
  const isRead = q === "" || !outline.isPending;
  const pictures = useMemo(() => picturesOf(parts), [parts]);
  const typed = outline.isPlaceholderData ? null : typedOf(q, parts);
  const ask = (next: string) => void navigate({ to: "/search", search: next === "" ? {} : { q: next } });
  const take = (files: readonly File[], draft: string) =>
    bring.mutate(files, {
      onSuccess: (names) => ask(lineOf(draft, [...pictures, ...names.map(asWhole)])),
    });
  const isOver = useDropped((files) => take(files, typed ?? q));
  return (
    <div className={isOver ? "search-page stack over" : "search-page stack"}>
      <h1 className="unseen">{words.title}</h1>
      <div className="asked">
        {isRead ? (
          <SearchBox typed={typed} onAsk={(next) => ask(lineOf(next, pictures))} onFiles={take}>
            {pictures.length === 0 ? null : (
              <Tray pictures={pictures} onChange={(next) => ask(lineOf(typed ?? "", next))} />
            )}
          </SearchBox>
        ) : (
          <div className="blank search-box" role="status" aria-label={text.loading} />
        )}
        <Chips parts={parts} />
        <p className="small" role="status">
          {bring.isPending ? words.bringing(bring.variables.map((file) => file.name).join(", ")) : ""}
        </p>
        {bring.error ? <Wrong error={bring.error} /> : null}
      </div>
      {q === "" ? <Start /> : <Found q={q} />}
      {isOver ? <p className="drop-here">{words.dropHere}</p> : null}
    </div>
  );
}

const asWhole = (name: string): LikePicture => ({ name, region: null, weight: 1 });

/** The answer to a search. */
function Found({ q }: { readonly q: string }) {
  const pages = useHits(q);
  const hits = useMemo(() => pages.data?.pages.flatMap((page) => page.hits) ?? [], [pages.data]);
  const source = useHitsSource(q, pages);
  const viewed = useViewed(source, { onClosed: (_, asset) => focusOn(asset) });
  const { fetchNextPage } = pages;
  const more = useCallback(() => void fetchNextPage({ cancelRefetch: false }), [fetchNextPage]);
  const first = pages.data?.pages[0];
  if (pages.error && first === undefined) return <Misread q={q} error={pages.error} again={() => void pages.refetch()} />;
  if (first === undefined) return <Blank />;
  return (
    <>
      <About answer={first} />
      {hits.length === 0 ? <NoHits answer={first} /> : null}
      <Hits
        hits={hits}
        isStale={pages.isPlaceholderData}
        onEnd={pages.hasNextPage ? more : null}
        onOpen={(index) => {
          const picture = source.peek?.(index);
          if (picture !== undefined) viewed.show(index, picture);
        }}
      />
      {pages.error ? <Wrong error={pages.error} again={more} /> : null}
      {viewed.open === null ? null : (
        <Suspense>
          <Viewer {...viewed.open} />
        </Suspense>
      )}
    </>
  );
}

const Blank = () => (
  <div className="blanks" role="status" aria-label={words.searching}>
    {Array.from({ length: 12 }, (_, index) => (
      <div key={index} className="blank" />
    ))}
  </div>
);

function focusOn(asset: number) {
  document.querySelector<HTMLElement>(`[data-asset="${asset}"]`)?.focus();
}
