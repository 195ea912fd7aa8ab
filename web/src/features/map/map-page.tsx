import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useRef, useState } from "react";

import type { Source } from "../../components/viewer/source";
import { useViewed } from "../../components/viewer/use-viewed";
import { Viewer } from "../../components/viewer/viewer";
import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { useKept } from "../../lib/kept";
import { useContentSize } from "../../lib/use-content-size";
import { useAbout, usePoints, useTraits, type About } from "./asked";
import { coloured, type ColouredBy, type Shade } from "./colours";
import { Legend } from "./legend";
import { AboutMap, NoMap } from "./making";
import "./map.css";
import type { Points } from "./numbers";
import { Panel } from "./panel";
import { inList } from "./pictures";
import { squaresOf } from "./squares";
import { Stage } from "./stage";
import { Tools, Zoom } from "./tools";
import type { Mode } from "./use-gestures";
import { useSelection, type Chosen } from "./use-selection";
import { reachOf, wholeOf, zoomed, type Size, type View } from "./view";

/** The library as the model sees it: pictures it takes for alike lie together. */
export function MapPage() {
  const about = useAbout();
  const points = usePoints(about.data);
  if (about.error !== null && about.data === undefined) return <NoMap error={about.error} again={() => void about.refetch()} />;
  if (points.error !== null) return <Wrong error={points.error} again={() => void points.refetch()} />;
  if (about.data === undefined || points.data === undefined)
    return <div className="map-page blank" role="status" aria-label={text.map.points} />;
  return <Shown about={about.data} points={points.data} />;
}

interface Props {
  readonly about: About;
  readonly points: Points;
}

function Shown({ about, points }: Props) {
  const room = useRef<HTMLDivElement>(null);
  const size = useContentSize(room);
  const reach = useMemo(() => reachOf(points.places), [points]);
  const whole = useMemo(() => (size === null ? null : { ...size, reach }), [size, reach]);
  return (
    <div className="map-page">
      <h1 className="unseen">{text.map.title}</h1>
      <div className="map-room" ref={room} />
      {whole === null ? null : <Map about={about} points={points} size={whole} />}
    </div>
  );
}

function Map({ about, points, size }: Props & { readonly size: Size }) {
  const { q = "" } = useSearch({ from: "/map" });
  const navigate = useNavigate();
  const [view, setView] = useState<View>(() => wholeOf(size));
  const [mode, setMode] = useState<Mode>("move");
  const [by, colour] = useKept<ColouredBy>("pinakes.map.colour", "region");
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const squares = useMemo(() => squaresOf(points.places), [points]);
  const traits = useTraits(about).data;
  const colouring = useMemo(() => coloured(by, traits, points.count), [by, traits, points]);
  const { selection, lit, found } = useSelection(points, squares, view, size, q, chosen);
  const viewed = useViewed(useMemo(() => sourceOf(points, selection.rows), [points, selection.rows]));

  const open = (place: number, row: number) => {
    const asset = points.assets[row];
    if (asset === undefined) return;
    if (place >= 0) viewed.show(place, { asset });
    // What is not in the list is shown by itself.
    else void navigate({ to: "/map", search: { ...(q === "" ? {} : { q }), picture: asset }, state: { viewer: true } });
  };
  const choose = (test: (row: number) => boolean, name: string) => {
    const rows = Array.from({ length: points.count }, (_, row) => row).filter(test);
    setChosen({ rows, name });
  };
  const ofShade = ({ hue }: Shade, name: string) => choose((row) => colouring.hues[row] === hue, name);
  const ofRegion = (region: number) =>
    choose((row) => traits?.regions[row] === region, about.regions[region]?.words.join(", ") ?? "");
  const find = (next: string) => {
    setChosen(null);
    void navigate({ to: "/map", search: next === "" ? {} : { q: next }, replace: true });
  };
  return (
    <>
      <Stage
        {...{ about, points, squares, lit, view, size, mode }}
        hues={colouring.hues}
        onView={setView}
        onOpen={(row) => open(selection.rows.indexOf(row), row)}
        onChoose={(rows) => setChosen(rows === null || rows.length === 0 ? null : { rows, name: "" })}
        onRegion={ofRegion}
      />
      <Tools
        {...{ q, by, mode }}
        onFind={find}
        onColour={colour}
        onMode={setMode}
      />
      <Zoom
        onZoom={(factor) => setView(zoomed(view, size, { x: size.width / 2, y: size.height / 2 }, factor))}
        onWhole={() => setView(wholeOf(size))}
      />
      <Panel
        points={points}
        selection={selection}
        onOpen={(place) => open(place, selection.rows[place] ?? -1)}
        onLetGo={() => (chosen === null ? find("") : setChosen(null))}
      >
        <AboutMap about={about} />
        <Legend {...{ by, colouring, about, traits }} onChoose={ofShade} />
        {found.error === null ? null : <Wrong error={found.error} />}
      </Panel>
      {viewed.open === null ? null : <Viewer {...viewed.open} />}
    </>
  );
}

/** Lists that were made; each has a name of its own, so that none is taken for another. */
let made = 0;

/** The pictures of some rows, for the viewer. */
function sourceOf({ assets }: Points, rows: readonly number[]): Source {
  const pictureOf = (index: number) => inList.get(assets[rows[index] ?? -1] ?? -1);
  return {
    key: ["map", (made += 1)],
    count: rows.length,
    at: async (index) => {
      const asset = assets[rows[index] ?? -1];
      const found = asset === undefined ? null : await inList.one(asset);
      return found === null ? null : toldOf(found);
    },
    peek: (index) => {
      const found = pictureOf(index);
      return found == null ? undefined : toldOf(found);
    },
    find: (asset) => {
      const place = rows.findIndex((row) => assets[row] === asset);
      return Promise.resolve(place < 0 ? null : place);
    },
  };
}

const toldOf = (found: NonNullable<ReturnType<typeof inList.get>>) => ({
  asset: found.asset,
  sha256: found.sha256,
  ratio: found.ratio,
  takenAt: found.taken_at,
});
